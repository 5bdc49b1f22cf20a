def forecast(city: str) -> str:
    return "sunny"
