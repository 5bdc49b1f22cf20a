from agents import function_tool


def get_weather(city: str) -> str:
    return "sunny"


@function_tool(name_override="look_ahead")
async def forecast(city: str) -> str:
    return "sunny"
