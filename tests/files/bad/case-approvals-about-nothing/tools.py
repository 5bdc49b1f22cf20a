def get_weather(city: str) -> str:
    return "sunny"


def refund(amount: int) -> str:
    return "done"


def is_polite(run: object) -> bool:
    return True


LIMIT = 3
