"""A run to assert things about, and assertions made from how a file says them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from yamlagents.events import HandedOff
from yamlagents.result import Cost, RunResult, ToolCall, Usage
from yamlagents.spec.cases.records import CaseSpec, Expectation
from yamlagents.spec.problem import Place, Source
from yamlagents.spec.records import AgentSpec, ModelSpec, Spec
from yamlagents.testing.assertions import judge
from yamlagents.testing.outcomes import CaseRun, Failure

PLACE = Place(Source("agents.yaml", "{}"), 7, 5, 7, 9)
OPTIONS = ("arguments", "times", "tool", "answer", "model", "votes")
CALLS = (
    ToolCall("Weather", "get_weather", {"city": "Tokyo", "days": [1, 2]}, "sunny"),
    ToolCall("Weather", "get_weather", {"city": "Oslo", "unit": "C"}, "rain"),
    ToolCall("Billing", "refund", {"amount": 5}, "done"),
)


def spec() -> Spec:
    model = ModelSpec("offline/match", PLACE)
    names = {"weather": "Weather", "billing": "Billing"}
    agents = {key: AgentSpec(key, name, model, PLACE) for key, name in names.items()}
    return Spec(Path("agents.yaml"), Path(), agents, "weather")


def run_of(output: Any = "It is sunny in Tokyo.", **changes: Any) -> CaseRun:
    result = RunResult(
        final_output=output,
        last_agent="Billing",
        usage=Usage(requests=2, total_tokens=120),
        cost=Cost(0.002),
        turns=3,
        tool_calls=CALLS,
        seconds=1.5,
        model="offline/match",
        definition="",
        output=output,
    )
    case = CaseSpec("case", ("hello",), (), PLACE)
    run = CaseRun(case, result, None, (HandedOff("Weather", "Billing"),), (), spec())
    return replace(run, **changes)


def expectation(data: Mapping[str, Any]) -> Expectation:
    """Make an assertion from how a file says it."""
    kind = next(key for key in data if key not in OPTIONS)
    value, below = data[kind], []
    if kind == "field":
        below = [{key: part for key, part in value.items() if key != "path"}]
        value = value["path"]
    elif kind in ("not", "all_of", "any_of"):
        below = value if isinstance(value, list) else [value]
    options = {key: data[key] for key in OPTIONS if key in data}
    return Expectation(kind, value, options, tuple(map(expectation, below)), PLACE)


def judged(text: str, run: CaseRun, around: str = "") -> Failure | None:
    data = yaml.safe_load(text)
    beside = [{"turns": 3}] if around == "any_of" else []
    return judge(expectation({around: [data, *beside]} if around else data), run)
