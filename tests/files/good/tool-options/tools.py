from functools import partial


def get_weather(city: str, days: int = 1) -> str:
    return "sunny"


TOOL = partial(get_weather, "Tokyo")
