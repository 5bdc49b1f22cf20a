"""The SDK alone: agents with tools, and a model that answers at once, run one after another."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, FunctionTool, ModelResponse, RunConfig, Runner, Usage, function_tool
from agents.items import TResponseStreamEvent
from agents.models.interface import Model
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
)


def get_weather(city: str) -> str:
    """Get the weather in a city."""
    return f"Sunny in {city}."


async def get_weather_soon(city: str) -> str:
    """Get the weather in a city."""
    return f"Sunny in {city}."


class Scripted(Model):
    """Calls all tools first, and answers with what the last one returned."""

    async def get_response(
        self,
        system_instructions: str | None,
        input: Any,
        model_settings: Any,
        tools: list[Any],
        *args: Any,
        **_: Any,
    ) -> ModelResponse:
        """Give the next reply."""
        if len(input) == 1:
            calls = [_call(number, tool.name) for number, tool in enumerate(tools)]
            return ModelResponse([*calls], Usage(requests=1), None)
        text = f"It is: {input[-1]['output']}"
        part = ResponseOutputText(text=text, type="output_text", annotations=[], logprobs=[])
        message = ResponseOutputMessage(
            id="msg_1", type="message", role="assistant", status="completed", content=[part]
        )
        return ModelResponse([message], Usage(requests=1), None)

    def stream_response(self, *args: Any, **_: Any) -> AsyncIterator[TResponseStreamEvent]:
        """Stream nothing: nobody asks for it here."""
        raise NotImplementedError


def _call(number: int, name: str) -> ResponseFunctionToolCall:
    return ResponseFunctionToolCall(
        call_id=f"call_{number}", type="function_call", name=name, arguments='{"city":"Oslo"}'
    )


def team(tools: int, *, threads: bool) -> Agent[None]:
    """Make an agent with so many tools; with `threads` each call of one is a thread."""
    function: Any = get_weather if threads else get_weather_soon
    made: list[FunctionTool] = [
        function_tool(function, name_override=f"weather_{number}") for number in range(tools)
    ]
    return Agent(name="solo", instructions="Be brief.", model=Scripted(), tools=[*made])


async def run(options: argparse.Namespace) -> None:
    """Run agents as the options say, and look at every answer."""
    agent = team(options.tools, threads=options.threads)
    for number in range(options.runs):
        if options.anew:
            agent = team(options.tools, threads=options.threads)
        question = f"Weather in Oslo on day {number}?"
        result = await Runner.run(agent, question, run_config=RunConfig(tracing_disabled=True))
        assert result.final_output == "It is: Sunny in Oslo."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="how many runs (1000)")
    parser.add_argument("--tools", type=int, default=1, help="how many tools, all called (1)")
    parser.add_argument("--anew", action="store_true", help="an agent of its own for each run")
    parser.add_argument("--threads", action="store_true", help="sync tools: a thread a call")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
