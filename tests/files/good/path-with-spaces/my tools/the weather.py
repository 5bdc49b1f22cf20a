def get_weather(city: str) -> str:
    return "sunny"


def forecast(city: str) -> str:
    return "sunny"
