"""Runs of a team that is recorded against a local server and replayed without it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from agents import Model

from tests.openai_server import OpenAIServer
from yamlagents import RunError, RunResult, Spec, assemble, load, stream
from yamlagents.events import Event, RunFailed, RunFinished
from yamlagents.runtime.cassettes.cassette import Cassette
from yamlagents.runtime.cassettes.replay import Mode, lazily, replaying
from yamlagents.sdk.models.choice import Models, by_name
from yamlagents.spec.records import ModelSpec

Write = Callable[[str, str], Path]

KEY = "local-key-0123456789"
QUESTION = "What's the weather in Tokyo?"
# A team up to the tools of its first agent, and its second one up to the same.
FIRST = """\
models:
  big:
    model: openai/gpt-4.1
    settings: {temperature: 0.2}
agents:
  weather:
    instructions: |
      You only respond in haikus.
      Be kind.
    model: big
"""
SECOND = """\
  plain:
    instructions: Say it plainly.
    model: big
"""
TEAM = f"""\
{FIRST}    tools:
      - ./tools.py:get_weather
{SECOND}    tools: [./tools.py:get_weather]
    handoffs: [weather]
"""
TOOLS = '''\
from pathlib import Path


def get_weather(city: str) -> str:
    """Get the weather in a city."""
    with Path(__file__).with_name("calls.txt").open("a") as calls:
        calls.write(f"{city}\\n")
    if city == "Atlantis":
        raise LookupError("it sank")
    return f"Sunny in {city}."
'''


class Recorder:
    """A team in a folder with its cassette; `calls` are the tool calls that really happened."""

    def __init__(self, write: Write, server: OpenAIServer) -> None:
        self.write = write
        self.file = write("team.yaml", TEAM)
        write("tools.py", TOOLS)
        self.path = self.file.with_name("cassettes") / "team" / "tokyo.yaml"
        self._base_url = server.base_url

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def calls(self) -> list[str]:
        path = self.file.with_name("calls.txt")
        return path.read_text().splitlines() if path.exists() else []

    def edit(self, old: str, new: str) -> None:
        """Change the one place of the agent file that says `old`."""
        text = self.file.read_text()
        assert text.count(old) == 1
        self.file.write_text(text.replace(old, new))

    def retool(self, text: str) -> None:
        """Put other tools in the place of the first; a module is imported only once."""
        self.write("tools_2.py", text)
        self.file.write_text(self.file.read_text().replace("tools.py", "tools_2.py"))

    def spec(self) -> Spec:
        return load(self.file).with_models(base_url=self._base_url, api_key=KEY)

    def play(
        self,
        mode: Mode,
        *inputs: str,
        agent: str | None = None,
        streamed: bool = False,
        models: Models = by_name,
        **rest: Any,
    ) -> list[Event]:
        """Run the inputs one after another, save what was recorded, and give all events."""
        cassette = Cassette.load(self.path)
        team = replaying(assemble(self.spec(), lazily(models)), cassette, mode=mode, **rest)
        events: list[Event] = []

        async def run() -> None:
            for text in inputs or (QUESTION,):
                given = stream(team, text, agent=agent, streamed=streamed)
                events.extend([event async for event in given])

        asyncio.run(run())
        if cassette.changed:
            cassette.save()
        return [timeless(event) for event in events]


def timeless(event: Event) -> Event:
    """Give an event without how long the run took."""
    if isinstance(event, RunFinished):
        return RunFinished(replace(event.result, seconds=0))
    return event


def result(events: Sequence[Event]) -> RunResult:
    last = events[-1]
    assert isinstance(last, RunFinished), last
    return last.result


def error(events: Sequence[Event]) -> RunError:
    last = events[-1]
    assert isinstance(last, RunFailed), last
    return last.error


def nobody(spec: ModelSpec) -> Model:
    raise AssertionError(f"a replay made the model {spec.model}")
