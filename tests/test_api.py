"""The Python API: its names, what loads when, and teams as plain SDK agents."""

import asyncio
import inspect
import json
import os
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from agents import RunConfig, Runner
from agents.testing import ScriptedModel, assistant_message

import yamlagents
import yamlagents.spec
from tests.conftest import ROOT
from yamlagents.events import RunFailed, RunFinished, TextDelta
from yamlagents.runtime.runner import RunOptions

Write = Callable[[str, str], Path]

WEATHER = ROOT / "agents.d" / "weather.yaml"
QUESTION = "What's the weather in Tokyo?"
ANSWER = "The weather in Tokyo is sunny."


def test_the_public_names() -> None:
    assert yamlagents.__all__ == [
        "Approval",
        "Later",
        "ModelSpec",
        "Problem",
        "RunError",
        "RunResult",
        "SavedRun",
        "Spec",
        "SpecError",
        "Team",
        "assemble",
        "events",
        "live",
        "load",
        "offline",
        "run",
        "run_sync",
        "stream",
        "testing",
    ]
    assert all(getattr(yamlagents, name) is not None for name in yamlagents.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = yamlagents.nonsense


def test_all_ways_to_run_have_the_same_options() -> None:
    parameters = inspect.signature(yamlagents.stream).parameters.values()
    own = {one.name for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY}
    assert own == {"streamed", *RunOptions.__annotations__}
    team = yamlagents.assemble(yamlagents.load(WEATHER), models=yamlagents.offline)
    misspelt: Any = {"sesion": "ada"}
    with pytest.raises(TypeError, match="unexpected keyword argument 'sesion'"):
        yamlagents.run_sync(team, QUESTION, **misspelt)


def test_the_public_names_of_testing() -> None:
    names = ["Cassette", "Coverage", "Smoked", "lazily", "replaying", "smoke"]
    assert yamlagents.testing.__all__ == names
    assert all(getattr(yamlagents.testing, name).__name__ == name for name in names)
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = yamlagents.testing.nonsense


def test_a_team_is_of_plain_sdk_agents() -> None:
    team = yamlagents.assemble(yamlagents.load(WEATHER), models=yamlagents.offline)
    config = RunConfig(tracing_disabled=True)
    result = asyncio.run(Runner.run(team.entry, QUESTION, run_config=config))
    assert (result.final_output, result.last_agent) == (ANSWER, team.agents["weather"])


def test_a_script_may_answer() -> None:
    model = ScriptedModel([[assistant_message("Scripted.")]])
    team = yamlagents.assemble(yamlagents.load(WEATHER), models=lambda spec: model)
    result = yamlagents.run_sync(team, QUESTION)
    assert (result.final_output, result.last_agent, result.turns) == ("Scripted.", "weather", 1)
    assert result.cost.usd is None
    assert result.cost.reason == "this model has no price"


def test_models_are_asked_for_once_each(write: Write) -> None:
    asked: list[str] = []

    def models(spec: Any) -> Any:
        asked.append(spec.model)
        return yamlagents.offline(spec)

    text = "agents:\n  a: {model: openai/x}\n  b: {model: openai/x}\n  c: {model: openai/y}\n"
    team = yamlagents.assemble(yamlagents.load(write("team.yaml", text)), models=models)
    assert asked == ["openai/x", "openai/y"]
    assert team.agents["a"].model is team.agents["b"].model


@pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])
def test_a_stream_of_events_ends_with_the_result(streamed: bool) -> None:
    team = yamlagents.assemble(yamlagents.load(WEATHER), models=yamlagents.offline)

    async def follow() -> list[Any]:
        return [event async for event in yamlagents.stream(team, QUESTION, streamed=streamed)]

    events = asyncio.run(follow())
    said = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert isinstance(events[-1], RunFinished)
    assert events[-1].result.final_output == ANSWER
    assert said == (ANSWER if streamed else "")


def test_a_stream_may_be_left_early() -> None:
    team = yamlagents.assemble(yamlagents.load(WEATHER), models=yamlagents.offline)

    async def leave() -> set[Any]:
        stream = yamlagents.stream(team, QUESTION)
        await anext(stream)
        await stream.aclose()
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(leave()) == set()


def test_a_run_that_fails_raises_with_what_it_came_to() -> None:
    spec = yamlagents.load(WEATHER, overrides=["run.max_turns=1"])
    team = yamlagents.assemble(spec, models=yamlagents.offline)
    with pytest.raises(yamlagents.RunError) as caught:
        yamlagents.run_sync(team, QUESTION)
    result = caught.value.result
    assert (caught.value.code, caught.value.exit) == ("max-turns", 5)
    assert result is not None
    assert [call.output for call in result.tool_calls] == [ANSWER]

    async def last() -> Any:
        return [event async for event in yamlagents.stream(team, QUESTION)][-1]

    assert isinstance(asyncio.run(last()), RunFailed)


def test_history_goes_into_the_next_run() -> None:
    model = ScriptedModel([[assistant_message("One.")], [assistant_message("Two.")]])
    team = yamlagents.assemble(yamlagents.load(WEATHER), models=lambda spec: model)
    first = yamlagents.run_sync(team, "first")
    second = yamlagents.run_sync(team, "second", history=first.history)
    said = [item.get("content") for item in second.history if item.get("role") == "user"]
    assert said == ["first", "second"]
    assert second.history[: len(first.history)] == first.history


@pytest.mark.parametrize("allowed", [True, False], ids=["yes", "no"])
def test_approvals_are_asked_for(write: Write, allowed: bool) -> None:
    write("tool.py", (ROOT / "agents.d/tools/weather.py").read_text(encoding="utf-8"))
    tool = "{function: './tool.py:get_weather', needs_approval: true}"
    file = write("team.yaml", f"agents: {{a: {{model: offline/match, tools: [{tool}]}}}}\n")
    team = yamlagents.assemble(yamlagents.load(file))
    asked: list[Any] = []

    def approve(approval: Any) -> bool:
        asked.append((approval.agent, approval.tool, approval.arguments))
        return allowed

    result = yamlagents.run_sync(team, QUESTION, approve=approve)
    assert asked == [("a", "get_weather", '{"city":"Tokyo"}')]
    assert (result.final_output == ANSWER) is allowed


SPEC_MODULES = [
    f"yamlagents.spec.{module.name}" for module in pkgutil.iter_modules(yamlagents.spec.__path__)
]
HEAVY = ("agents", "litellm", "openai", "pydantic")


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import yamlagents", id="package"),
        pytest.param(f"import yamlagents.events, {', '.join(SPEC_MODULES)}", id="spec"),
        pytest.param("import yamlagents; yamlagents.load(FILE)", id="load"),
        pytest.param("main(['--help'])", id="help"),
        pytest.param("main(['run', '--help'])", id="run-help"),
        pytest.param("main(['validate', FILE])", id="validate"),
    ],
)
def test_nothing_heavy_and_no_user_code_is_loaded(code: str) -> None:
    script = f"""
import atexit, json, sys
heavy = lambda: [n for n in sys.modules if n in {HEAVY!r} or n.startswith("yamlagents_file")]
atexit.register(lambda: print(json.dumps(heavy()), file=sys.stderr))
FILE = {str(WEATHER)!r}
def main(argv):
    from yamlagents.cli.main import main
    main(argv)
{code}
"""
    command = [sys.executable, "-c", script]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stderr.splitlines()[-1]) == []


def test_the_package_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "yamlagents", "--version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"yamlagents {yamlagents.__version__}\n")
