"""A tool that needs no network: the weather is always good."""


def get_weather(city: str) -> str:
    """Get the weather in a city.

    Args:
        city: The name of the city, in English.
    """
    return f"The weather in {city} is sunny."
