"""Patterns of the calls that a case approves and denies: well-formed, and about something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yamlagents.spec.approvals.patterns import BadPattern, Pattern, pattern
from yamlagents.spec.cases.shape import one_or_more
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.scope import Field
from yamlagents.spec.tools.names import NamedTool
from yamlagents.spec.variables import Unset

_KEYS = ("approve", "deny")
# Kinds of hosted tools whose calls can be asked about, here or at OpenAI.
_ASKED = ("shell", "apply_patch", "custom", "hosted_mcp")


def form_problems(case: Field) -> Iterator[Problem]:
    """Give a problem for each pattern that is none, and for a reason without a denial."""
    for key in _KEYS:
        for item, found in _patterns(case.part(key)):
            if isinstance(found, BadPattern):
                yield item.problem("bad-value", _said(found), _ELSEWHERE)
    if "reason" in case.value and "deny" not in case.value:
        place = case.part("reason").key_place
        message = "'reason' is about calls that are denied, and this test denies none"
        hint = "add deny: ..., or leave it out"
        yield case.document.problem(place, "required-key", message, hint=hint)


_ELSEWHERE = "a pattern is written tool, or tool:argument=value,argument=value"


def _said(error: BadPattern) -> str:
    return f"this is no pattern of calls: {error.reason}, at character {error.at + 1}"


def _patterns(field: Field) -> Iterator[tuple[Field, Pattern | BadPattern]]:
    for item in one_or_more(field):
        if isinstance(item.value, str) and item.value and not isinstance(item.value, Unset):
            try:
                yield item, pattern(item.value)
            except BadPattern as error:
                yield item, error


def call_problems(case: Field, tools: Sequence[NamedTool], *, whole: bool) -> Iterator[Problem]:
    """Give a problem for each pattern about a tool or an argument that there is not.

    `whole` says that there are no other tools than `tools`.
    """
    for key in _KEYS:
        for item, wanted in _patterns(case.part(key)):
            if isinstance(wanted, Pattern):
                yield from _about(item, wanted, tools, whole=whole)
                yield from _undeniable(item, wanted, tools) if key == "deny" else ()


def _about(
    item: Field, wanted: Pattern, tools: Sequence[NamedTool], *, whole: bool
) -> Iterator[Problem]:
    named = [tool for tool in tools if wanted.names(str(tool.name))]
    if named:
        yield from _arguments(item, wanted, named) if "*" not in wanted.tool else ()
    elif whole and not any(str(tool.name).startswith("hosted_mcp:") for tool in tools):
        names = sorted({str(tool.name) for tool in tools})
        near = suggestion(wanted.tool, names)
        message = f"no agent has a tool '{shortened(wanted.tool)}'{near}"
        known = f"the tools are {', '.join(names[:10])}" if names else "the agents have no tools"
        yield item.problem("unknown-tool", message, None if near else known)


def _arguments(item: Field, wanted: Pattern, named: Sequence[NamedTool]) -> Iterator[Problem]:
    known = [tool.arguments for tool in named if tool.arguments is not None]
    if len(known) < len(named):
        return
    names = frozenset[str]().union(*known)
    for condition in wanted.conditions:
        name = condition.path[0]
        if name not in names:
            near = suggestion(name, names)
            message = f"the tool '{wanted.tool}' has no argument '{shortened(name)}'{near}"
            listed = f"it has {', '.join(sorted(names)[:10])}" if names else "it has none"
            yield item.problem("unknown-argument", message, None if near else listed)


def _undeniable(item: Field, wanted: Pattern, tools: Sequence[NamedTool]) -> Iterator[Problem]:
    for tool in tools:
        kind = tool.field.value.get("hosted") if isinstance(tool.field.value, dict) else None
        if kind is not None and kind not in _ASKED and wanted.names(str(tool.name)):
            message = f"nobody is asked about calls of '{tool.name}', so they cannot be denied"
            yield item.problem("bad-value", message, "the provider carries them out by itself")
            return
