"""Capabilities of sandboxes, with a seam at the tools that they make while a run is prepared."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from agents import Agent, Tool
from agents.sandbox import Manifest, SandboxAgent
from agents.sandbox.capabilities import (
    Capability,
    Compaction,
    Filesystem,
    Memory,
    Shell,
    Skills,
)
from agents.sandbox.capabilities.skills import LocalDirLazySkillSource
from agents.sandbox.entries import LocalDir
from agents.sandbox.session import BaseSandboxSession
from agents.sandbox.types import User
from agents.sandbox.workspace_paths import SandboxPathGrant, SandboxWorkspaceScope

from yamlagents.sdk import code
from yamlagents.sdk.sandbox.manifest import REFUSED, entry_of, grants, refusal
from yamlagents.sdk.sandbox.standin import stand_in_session
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.tools.records import CapabilitySpec

Change = Callable[[Tool], Tool]
_KINDS: dict[str, type[Capability]] = {
    "shell": Shell,
    "filesystem": Filesystem,
    "compaction": Compaction,
}


class Changed(Capability):
    """A capability whose tools are changed, in order, whenever a run has them made.

    `granted` are the paths that its own entries are copied from.
    """

    type: str
    inner: Capability
    changes: tuple[Change, ...] = ()
    granted: tuple[SandboxPathGrant, ...] = ()

    def clone(self) -> Changed:
        """Give a copy for one run; what changes the tools stays what it is."""
        return self.model_copy(update={"inner": self.inner.clone()})

    def bind(self, session: BaseSandboxSession) -> None:
        super().bind(session)
        self.inner.bind(session)

    def bind_run_as(self, user: User | None) -> None:
        super().bind_run_as(user)
        self.inner.bind_run_as(user)

    def bind_workspace_scope(self, scope: SandboxWorkspaceScope) -> None:
        super().bind_workspace_scope(scope)
        self.inner.bind_workspace_scope(scope)

    def required_capability_types(self) -> set[str]:
        return self.inner.required_capability_types()

    def tools(self) -> list[Tool]:
        found = self.inner.tools()
        for change in self.changes:
            found = [change(tool) for tool in found]
        return found

    def process_manifest(self, manifest: Manifest) -> Manifest:
        if self.granted:
            paths = (*manifest.extra_path_grants, *self.granted)
            manifest = manifest.model_copy(update={"extra_path_grants": paths})
        return self.inner.process_manifest(manifest)

    async def instructions(self, manifest: Manifest) -> str | None:
        return await self.inner.instructions(manifest)

    def sampling_params(self, sampling_params: dict[str, Any]) -> dict[str, Any]:
        return self.inner.sampling_params(sampling_params)

    def process_context(self, context: list[Any]) -> list[Any]:
        return self.inner.process_context(context)


def capability_of(spec: CapabilitySpec, root: Path) -> Changed:
    """Make the capability of `spec`. Raises `SpecError` at its place."""
    if spec.code is not None:
        return _of_code(spec.code, root)
    given = code.options(spec.options, root)
    asking = given.pop("needs_approval", False)
    changes = (_asking(asking),) if asking else ()
    try:
        if spec.kind == "skills":
            return _skills(given, root)
        return Changed(type=str(spec.kind), inner=_KINDS[str(spec.kind)](**given), changes=changes)
    except REFUSED as error:
        raise refusal(f"the capability '{spec.kind}'", error, spec.place) from error


def _skills(given: dict[str, Any], root: Path) -> Changed:
    if "from_" in given:
        given["from_"] = entry_of(given["from_"], root)
    if "lazy_from" in given:
        source = entry_of(given["lazy_from"]["source"], root)
        assert isinstance(source, LocalDir)
        given["lazy_from"] = LocalDirLazySkillSource(source=source)
    given["skills"] = [_skill(skill, root) for skill in given.get("skills", ())]
    made = Skills(**given)
    entries = [made.from_, *(skill.as_dir_entry() for skill in made.skills)]
    if isinstance(made.lazy_from, LocalDirLazySkillSource):
        entries.append(made.lazy_from.source)
    granted = tuple(grants(entries))
    return Changed(type="skills", inner=made, granted=granted)


def _skill(data: dict[str, Any], root: Path) -> dict[str, Any]:
    maps: dict[str, Any] = {
        key: {path: entry_of(entry, root) for path, entry in data[key].items()}
        for key in ("scripts", "references", "assets")
        if key in data
    }
    content = data["content"]
    made = entry_of(content, root) if isinstance(content, dict) else content
    return {**data, **maps, "content": made}


def _of_code(spec: CodeSpec, root: Path) -> Changed:
    found = code.made(spec, root)
    if spec.arguments is None and not isinstance(found, Capability) and callable(found):
        found = code.made(CodeSpec(spec.point, {}), root)
    if not isinstance(found, Capability):
        message = f"'{spec.point.text}' is a {type(found).__name__}, not the SDK's Capability"
        raise SpecError([Problem(spec.place, "error", "wrong-kind", message)])
    if isinstance(found, Memory) and found.generate is not None:
        message = (
            f"'{spec.point.text}' generates memories: models would be asked after the run, outside "
            "its budget and its events"
        )
        hint = "make it with generate=None; it then reads what is there"
        raise SpecError([Problem(spec.place, "error", "bad-sandbox", message, hint)])
    return Changed(type=found.type, inner=found)


def _asking(which: bool | list[str]) -> Change:
    def change(tool: Tool) -> Tool:
        if which is not True and tool.name not in which:  # type: ignore[operator]  # False is none
            return tool
        asking: Any = copy.copy(tool)
        asking.needs_approval = True
        return asking  # type: ignore[no-any-return]  # a copy of what came in

    return change


def retooled(agent: Agent[Any], change: Change) -> list[Capability]:
    """Give the capabilities of an agent with one more change of their tools; none, if it has none.

    The agent stays as it is.
    """
    if not isinstance(agent, SandboxAgent):
        return []
    return [_with(capability, change) for capability in agent.capabilities]


def retool(agent: Agent[Any], change: Change) -> None:
    """Change the tools that an agent's capabilities make from now on."""
    if isinstance(agent, SandboxAgent):
        agent.capabilities = retooled(agent, change)


def _with(capability: Capability, change: Change) -> Capability:
    assert isinstance(capability, Changed), "all capabilities of a team have the seam"
    return capability.model_copy(update={"changes": (*capability.changes, change)})


def capability_tools(agent: Agent[Any]) -> list[Tool]:
    """Give the tools that an agent will have of its sandbox, which is not made for it."""
    return [tool for tools in tools_by_capability(agent) for tool in tools]


def tools_by_capability(agent: Agent[Any]) -> Iterator[list[Tool]]:
    """Give the tools of each capability of an agent."""
    if not isinstance(agent, SandboxAgent):
        return
    session = stand_in_session(agent.default_manifest or Manifest())
    for capability in agent.capabilities:
        bound = capability.clone()
        bound.bind(session)
        yield bound.tools()
