"""Who answers in a case: its script, the offline model, a cassette, or the provider itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from agents import FunctionTool, Tool
from agents.tool_context import ToolContext

from yamlagents.result import RunError
from yamlagents.runtime.cassettes.cassette import Cassette
from yamlagents.runtime.cassettes.replay import Mode, lazily, replaying
from yamlagents.runtime.runner import run
from yamlagents.runtime.script import Script
from yamlagents.sdk.mcp.server import respoken
from yamlagents.sdk.mcp.stubs import stubbed
from yamlagents.sdk.models.choice import by_name, offline
from yamlagents.sdk.models.provided import models_of, provider_of
from yamlagents.sdk.stubs import stub
from yamlagents.sdk.team import Team, assemble
from yamlagents.spec.cases.kinds import slug
from yamlagents.spec.cases.records import CaseSpec, ScriptStep, Tools
from yamlagents.spec.models.providers import OFFLINE
from yamlagents.spec.records import ModelSpec, Spec
from yamlagents.testing.deciding import deny_calls
from yamlagents.testing.outcomes import PROBLEMS, TestOptions


def cassette_path(spec: Spec, case: CaseSpec, variant: str | None = None) -> Path:
    """Give where a case's cassette lies: `cassettes/<file>/<case>.yaml` beside the agent file.

    A model of a matrix has its own, `<case>@<model>.yaml`: no slug has an at sign in it.
    """
    model = "" if variant is None else f"@{slug(variant)}"
    name = slug(case.name) or hashlib.sha256(case.name.encode()).hexdigest()[:8]
    return spec.file.parent / "cassettes" / spec.file.stem / f"{name}{model}.yaml"


class Answering:
    """Who answers in one case, for all its attempts.

    The spec that runs is the file's, with the case's agent and model. `recorded` says whether the
    answers come from a cassette, or go into one.
    """

    def __init__(
        self, spec: Spec, case: CaseSpec, options: TestOptions, variant: str | None = None
    ) -> None:
        self.spec = _resolved(spec, case, variant)
        self._case = case
        self._options = options
        self._path = cassette_path(spec, case, variant)
        self._script: Script | None = None
        offline_only = all(a.model.provider == OFFLINE for a in self.spec.agents.values())
        self.scripted = case.script is not None
        self.streamed = options.streamed
        self.recorded = not (self.scripted or offline_only or options.live)
        self._cassette: Cassette | None = None
        self._team: Team | None = None
        self._judges: list[tuple[ModelSpec, Team]] = []

    @property
    def unused(self) -> tuple[ScriptStep, ...]:
        """The steps of the script that the last attempt has not come to: the last ones."""
        return self._script.unused if self._script is not None else ()

    @property
    def unused_exchanges(self) -> tuple[str, ...] | None:
        """The hashes of the exchanges that nobody asked for; None if no cassette was looked at."""
        if self._cassette is None:
            return None
        return tuple(exchange.hash for exchange in self._cassette.unused)

    @property
    def news(self) -> tuple[str, ...]:
        """What MCP servers say otherwise than they did when the case was recorded before."""
        return self._cassette.news if self._cassette is not None else ()

    def team(self) -> Team:
        """Give the team for one attempt.

        Raises `SpecError` for what only assembling shows, `RunError` if it cannot be answered.
        """
        tools = self._options.tools or self._case.tools
        if self.recorded:
            # All attempts share one, whose equal requests are told apart by their order.
            if self._team is None:
                self._team = self._replaying(self.spec, tools or "replay")
                deny_calls(self._case, self._team)
            return self._team
        if tools == "replay":
            message = f"the tools of '{self._case.name}' cannot be replayed: it has no cassette"
            hint = "its tools are live or stub"
            raise RunError("no-cassette", message, exit=PROBLEMS, hint=hint)
        is_stubbed = tools == "stub"
        if self.scripted:
            team = self._scripted(sandboxes=not is_stubbed)
        else:
            team = assemble(self.spec, by_name, sandboxes=False if is_stubbed else None)
        replacement: Callable[[Tool], Tool] = stub if is_stubbed else _contained
        _replace_tools(team, replacement)
        if is_stubbed:
            team = replace(team, servers=respoken(team.servers, team.agents, stubbed))
        deny_calls(self._case, team)
        return team

    async def ask(self, judge: Spec, question: str) -> str:
        """Give the reply of a rubric's judge. Raises `RunError` if there is none."""
        result = await run(self._judging(judge), question)
        return str(result.final_output)

    def save(self) -> None:
        """Write what was recorded."""
        if self._cassette is not None and self._cassette.changed:
            self._cassette.save()

    def _scripted(self, *, sandboxes: bool) -> Team:
        team = assemble(self.spec, models=offline, sandboxes=sandboxes)
        names = {key: agent.name for key, agent in self.spec.agents.items()}
        self._script = Script(self._case.script or (), names=names)
        for agent in team.agents.values():
            agent.model = self._script.model(agent.name)
        return team

    def _judging(self, judge: Spec) -> Team:
        """Give the team of one judge; all its votes are the business of one."""
        model = judge.agents[judge.entry].model
        known = next((team for other, team in self._judges if other == model), None)
        if known is None:
            # A judge is told what the team says, with the team's secrets.
            secrets = (self.spec,)
            live = self._options.live
            known = assemble(judge) if live else self._replaying(judge, "live", secrets=secrets)
            self._judges.append((model, known))
        return known

    def _replaying(self, spec: Spec, tools: Tools, secrets: tuple[Spec, ...] = ()) -> Team:
        mode: Mode = self._options.record
        if self._cassette is None:
            self._cassette = _anew(self._path) if mode == "all" else Cassette.load(self._path)
        elif mode == "all":
            mode = "new"  # what was there before is forgotten by now
        provider = provider_of(spec)
        team = assemble(spec, models=lazily(models_of(spec, provider)))
        team = replace(team, provider=provider, is_own=True)
        _replace_tools(team, _contained)
        name = self._case.name
        return replaying(team, self._cassette, mode=mode, tools=tools, case=name, secrets=secrets)


def _anew(path: Path) -> Cassette:
    """Give a cassette to record anew; what was there before may be unreadable."""
    try:
        return Cassette.load(path)
    except RunError:
        return Cassette(path)


def _replace_tools(team: Team, replacement: Callable[[Tool], Tool]) -> None:
    for agent in team.agents.values():
        agent.tools = [replacement(tool) for tool in agent.tools]


def _contained(tool: Tool) -> Tool:
    """Let `tool`, of a team of our own, end its run and not all tests, which `sys.exit` would."""
    if not isinstance(tool, FunctionTool):
        return tool
    invoke = tool.on_invoke_tool

    async def call(context: ToolContext[Any], arguments: str) -> Any:
        try:
            return await invoke(context, arguments)
        except SystemExit as error:
            raise RuntimeError(f"it ended the program: sys.exit({error.code!r})") from error

    tool.on_invoke_tool = call
    return tool


def _resolved(spec: Spec, case: CaseSpec, variant: str | None) -> Spec:
    """Give the spec with the agent and the model that a case, or a matrix, runs it with."""
    spec = spec.rehearsed
    if case.agent is not None:
        spec = spec.with_entry(case.agent)
    if variant is not None:
        # Another provider's model is not reached with the key and address of the declared one.
        name = variant.removeprefix("litellm/")
        return spec.with_models(model=name, name=None, api_key=None, base_url=None)
    if case.model is None:
        return spec
    agents: dict[str, Any] = {
        key: replace(agent, model=case.model) for key, agent in spec.agents.items()
    }
    return replace(spec, agents=agents)
