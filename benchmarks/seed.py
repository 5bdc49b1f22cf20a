"""The script people write by hand: one agent, one tool, one model through LiteLLM."""

from __future__ import annotations

import argparse
import asyncio

from agents import Agent, ModelSettings, Runner, function_tool, set_tracing_disabled
from agents.extensions.models.litellm_model import LitellmModel


@function_tool
def get_weather(city: str) -> str:
    """Get the weather in a city."""
    return f"The weather in {city} is sunny."


async def ask(model: LitellmModel) -> None:
    """Ask about Tokyo; print the answer and the tokens it took."""
    agent = Agent(
        name="weather",
        instructions="You only respond in haikus.",
        model=model,
        model_settings=ModelSettings(include_usage=True),
        tools=[get_weather],
    )
    result = await Runner.run(agent, "What's the weather in Tokyo?")
    print(result.final_output)
    print(result.context_wrapper.usage)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="a LiteLLM model, as in openai/gpt-4.1")
    parser.add_argument("--api-key", required=True)
    parser.add_argument("--base-url", help="another place than the provider's own")
    options = parser.parse_args()
    # The SDK would send its traces to OpenAI, whatever the model is.
    set_tracing_disabled(True)
    asyncio.run(ask(LitellmModel(options.model, options.base_url, options.api_key)))


if __name__ == "__main__":
    main()
