if True:

    def extra(city: str) -> str:
        return "sunny"
