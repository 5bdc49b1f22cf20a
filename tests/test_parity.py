"""The SDK's fields and an agent file's keys are the same, but for what the table explains."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import agents
import pytest
from agents import Agent, RunConfig, Runner, handoff
from agents.extensions import memory
from agents.mcp.server import MCPServerStdioParams
from agents.run_config import SandboxRunConfig
from agents.sandbox import Capability, Manifest, SandboxAgent, SnapshotSpec
from agents.sandbox.entries import BaseEntry

from tests.format_values import inherited
from tests.parity import (
    NOTHING,
    SCHEMA,
    Part,
    Source,
    arguments,
    attributes,
    covered,
    definitions,
    gaps,
    keys,
    properties,
    words,
)
from tests.parity_reasons import DIFFERENT, LEFT_OUT, OURS
from tests.parity_table import PARTS
from yamlagents.sdk.hosted import KINDS

# Types of the SDK that others are of: no file would name them.
GENERAL = {
    *("Tool", "FunctionTool", "Session", "OpenAIResponsesCompactionAwareSession", "MCPServer"),
    "Mount",
}


@dataclasses.dataclass
class NewerAgent(Agent[Any]):
    mood: str = "calm"


class NewerParams(MCPServerStdioParams):
    user: str


async def newer_run(starting_agent: Any, input: str, *, patience: int = 3) -> None: ...


def test_every_field_of_the_sdk_is_a_key_or_left_out_for_a_reason() -> None:
    assert list(gaps(PARTS, OURS)) == []


NEWER = {
    "class": ("Agent", attributes(NewerAgent), "agent: has no key for NewerAgent.mood"),
    "mapping": (
        "MCPServerStdioParams",
        keys(NewerParams),
        "mcp_stdio_server: has no key for NewerParams.user",
    ),
    "call": (
        "Runner.run",
        arguments(newer_run, "Runner.run"),
        "run: has no key for Runner.run(patience=)",
    ),
}


@pytest.mark.parametrize(("name", "newer", "told"), NEWER.values(), ids=NEWER)
def test_a_field_that_a_new_version_adds_is_told(name: str, newer: Source, told: str) -> None:
    parts = [replace(part, source=newer) if part.source.name == name else part for part in PARTS]
    assert parts != PARTS
    assert told in list(gaps(parts, OURS))


def test_a_key_that_is_nobodys_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    node = {"properties": properties("agent") | {"mood": {"type": "string"}}}
    monkeypatch.setitem(SCHEMA["definitions"], "agent", node)
    assert list(gaps(PARTS, OURS)) == ["agent: 'mood' is not of the SDK"]


def test_a_key_that_is_taken_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    node = {"properties": {**properties("handoff_options")}}
    del node["properties"]["input_filter"]
    monkeypatch.setitem(SCHEMA["definitions"], "handoff_options", node)
    assert list(gaps(PARTS, OURS)) == ["handoff_options: has no key for handoff(input_filter=)"]


def test_reasons_that_are_no_longer_needed_are_told() -> None:
    part = Part("handoff_options", arguments(handoff), excluded={"color": "it has none"})
    assert "handoff_options: there is no handoff(color=)" in list(gaps([*PARTS, part], OURS))
    ours = {**OURS, "handoff_options": {**OURS["handoff_options"], "agent": "the agent"}}
    assert list(gaps(PARTS, ours)) == ["handoff_options: 'agent' is not only ours"]


def exported() -> Iterator[str]:
    """Give the classes of the SDK that stand for something that a file can declare."""
    ends = ("Tool", "Session", "Guardrail", "Config", "Settings")
    yield from (name for name in agents.__all__ if name.endswith(ends))
    yield from (name for name in memory.__all__ if name.endswith("Session"))
    yield from (name for name in agents.mcp.__all__ if name.startswith("MCPServer"))
    yield from (SandboxAgent.__name__, SandboxRunConfig.__name__, Manifest.__name__)
    for general in (Capability, BaseEntry, SnapshotSpec):
        yield from (one.__name__ for one in _below(general) if one.__module__.startswith("agents."))


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    """Give the classes of the SDK that are made of another one, general ones left out."""
    for one in kind.__subclasses__():
        yield from _below(one)
        if not inspect.isabstract(one) and not one.__name__.endswith("Base"):
            yield one


def test_every_class_of_the_sdk_is_in_the_table_or_left_out_for_a_reason() -> None:
    known = {part.source.name.partition(".")[0] for part in PARTS}
    assert set(exported()) - known == set(LEFT_OUT) | GENERAL
    assert known.isdisjoint(LEFT_OUT)


def test_hosted_tools_are_of_the_classes_in_the_table() -> None:
    classes = {part.definition: part.source.name for part in PARTS}
    for kind, made in KINDS.items():
        assert classes[f"hosted_{kind.removeprefix('hosted_')}"] == made.__name__


def compared() -> Iterator[tuple[str, Any, Any]]:
    """Give each key with a plain default of the SDK, and its default in the schema."""
    for part in PARTS:
        for name, theirs in part.source.defaults.items():
            key = part.key(name)
            if key is not None and isinstance(theirs, bool | int | float | str):
                ours = inherited(properties(part.definition)[key]).get("default", NOTHING)
                yield f"{part.definition}.{key}", ours, theirs


def test_defaults_are_those_of_the_sdk_or_differ_for_a_reason() -> None:
    found = {place for place, ours, theirs in compared() if ours != theirs}
    assert found == set(DIFFERENT)


def enums() -> Iterator[tuple[str, Callable[[str], Any], str, set[Any]]]:
    """Give the keys that take some words only, with where their type is in the SDK."""
    for part in PARTS:
        for name in part.source.defaults:
            node = properties(part.definition).get(part.key(name) or "", {})
            node = inherited(node).get("items", inherited(node))
            if "enum" in node:
                yield f"{part.definition}.{name}", part.source.hint, name, set(node["enum"])


def test_enums_have_the_words_of_the_sdk() -> None:
    found = list(enums())
    assert len(found) > 30
    assert [place for place, hint, name, known in found if words(hint(name)) != known] == []


def test_the_table_names_definitions_that_there_are() -> None:
    known = {part.definition for part in PARTS} | set(OURS)
    assert known == set(definitions())


def test_coverage_counts_each_field_once() -> None:
    twice = [Part("run", attributes(RunConfig)), Part("run", attributes(RunConfig))]
    assert len(covered(twice)[0]) == len(dataclasses.fields(RunConfig))
    said, left = covered([Part("run", arguments(Runner.run, "run"), excluded={"input": "given"})])
    assert "run(input=)" not in said
    assert left == {"run(input=)": "given"}
