"""Names in test cases that point elsewhere: to agents, models, tools, code and files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from yamlagents.spec.agentnames import unknown_agent
from yamlagents.spec.attachments import attachment_problems
from yamlagents.spec.cases.calls import call_problems
from yamlagents.spec.cases.shape import assertions, cases
from yamlagents.spec.code import entrypoints
from yamlagents.spec.models.checks import model_problems
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.tools.names import NamedTool, sure_tools
from yamlagents.spec.variables import Unset


def case_references(scope: Scope) -> Iterator[Problem]:
    """Give a problem for each name in the main file's tests that leads nowhere.

    Tests of a file that is included belong to that file, and are checked with it.
    """
    main = scope.documents[0]
    found = list(cases(main))
    if found and not scope.agents and scope.complete:
        message = "these tests have no agents to run"
        yield main.problem(main.key_place("tests"), "no-agents", message)
        return
    names = _Names(scope)
    for case in found:
        yield from names.problems(case)


class _Names:
    """What the names in tests may be; which tools there are is found out once, if ever."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @cached_property
    def _sure(self) -> tuple[list[NamedTool], bool]:
        return sure_tools(self._scope)

    @cached_property
    def _tools(self) -> frozenset[str] | None:
        tools, is_whole = self._sure
        return frozenset(str(tool.name) for tool in tools) if is_whole else None

    def problems(self, case: Field) -> Iterator[Problem]:
        """Give the problems of one case."""
        yield from self._agent(case.part("agent"))
        yield from model_problems(case.part("model"), self._scope)
        yield from attachment_problems(case.part("attachments"), self._scope.project)
        for step in case.part("script").items():
            yield from self._agent(step.part("handoff"))
            yield from self._agent(step.part("agent"))
            for call in step.part("tool_calls").items():
                yield from self._tool(call.part("name"))
        if "approve" in case.value or "deny" in case.value:
            tools, is_whole = self._sure
            yield from call_problems(case, tools, whole=is_whole)
        for assertion, _ in assertions(case):
            yield from self._assertion(assertion)

    def _assertion(self, assertion: Field) -> Iterator[Problem]:
        for agent in (assertion.part("last_agent"), *assertion.part("handoffs").items()):
            yield from self._agent(agent)
        for tool in _tool_fields(assertion):
            yield from self._tool(tool)
        yield from model_problems(assertion.part("model"), self._scope)
        yield from self._code(assertion.part("python"))

    def _agent(self, field: Field) -> Iterator[Problem]:
        if field.value is not None:
            yield from unknown_agent(field, self._scope)

    def _tool(self, field: Field) -> Iterator[Problem]:
        name = field.value
        if not isinstance(name, str) or not name or isinstance(name, Unset):
            return
        tools = self._tools
        if tools is not None and name not in tools:
            near = suggestion(name, tools)
            message = f"no agent has a tool '{shortened(name)}'{near}"
            yield field.problem("unknown-tool", message, None if near else _hint(name, tools))

    def _code(self, field: Field) -> Iterator[Problem]:
        text = field.value
        if isinstance(text, str) and not isinstance(text, Unset):
            resolved = entrypoints.resolve(text, field.place, field.folder, self._scope.project)
            if resolved.problem is not None:
                yield resolved.problem


def _tool_fields(assertion: Field) -> Iterator[Field]:
    for key in ("tool_called", "tool", "approval", "no_tool"):
        yield assertion.part(key)
    for key in ("tools_in_order", "no_tool"):
        yield from assertion.part(key).items()


def _hint(name: str, tools: Iterable[str]) -> str:
    if name.startswith("transfer_to_"):
        return "a handoff is not a tool call here; name the agent, with 'handoff' or 'handoffs'"
    known = sorted(tools)
    return f"the tools are {', '.join(known[:10])}" if known else "the agents have no tools"
