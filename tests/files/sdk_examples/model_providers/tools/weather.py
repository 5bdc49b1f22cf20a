"""The weather, always good."""


def weather_in(city: str) -> str:
    """Tell the weather in a city."""
    return f"{city} has a clear sky."
