"""What a workflow refers to: agents, steps that come before, and fields of what they give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yamlagents.spec.agentnames import unknown_agent
from yamlagents.spec.cases.shape import cases
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.shapes import ANY, at, impossible
from yamlagents.spec.workflow.build import KINDS, reference
from yamlagents.spec.workflow.records import INPUT

# What an agent's step has and a group does not, and what only a loop has.
_OF_AGENTS = ("input", "conversation", "each")
_OF_LOOPS = ("until", "max_rounds")
_OF_GROUPS = ("output",)


def workflow_problems(scope: Scope) -> Iterator[Problem]:
    """Give the problems of the workflow that there is."""
    workflow = scope.setting("workflow")
    assert workflow is not None
    yield from _Checking(scope).problems(workflow, {INPUT: ANY}, ())
    for case in cases(scope.documents[0]):
        if "turns" in case.value and "agent" not in case.value:
            message = "a workflow has one input, and no conversation"
            hint = "write input, or name the agent that the test talks to"
            yield case.part("turns").problem("conflicting-keys", message, hint)


# What is known of the steps that came before: by name, the schema of what they give.
_Known = dict[str, dict[str, Any]]
# Schemas of what the step before gives: its own first, then those of steps before it that it
# leaves standing where it is left out.
_Before = tuple[dict[str, Any], ...]
_TEXT = {"type": "string"}


class _Checking:
    """A check on its way through the steps; `names` are all that it came by."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._names: dict[str, Field] = {}

    def problems(self, step: Field, known: _Known, before: _Before) -> Iterator[Problem]:
        """Give the problems of a step, and add what it gives to `known`."""
        kinds = [kind for kind in KINDS if isinstance(step.value, dict) and kind in step.value]
        if len(kinds) != 1:
            yield from _not_one(step, kinds)
            return
        (kind,) = kinds
        yield from _misplaced(step, kind)
        for condition in _items(step.part("when")):
            yield from self._condition(condition, known, before)
        if kind == "agent":
            yield from unknown_agent(step.part("agent"), self._scope)
            yield from self._agent(step, known)
        else:
            yield from self._group(step, kind, known, before)
        yield from self._named(step, known)

    def _agent(self, step: Field, known: _Known) -> Iterator[Problem]:
        own = _name(step)
        told = step.part("input")
        parts = told.items() if isinstance(told.value, list) else _values(told)
        # In a loop a step may be told of what comes after it, from the round before.
        for part in parts:
            yield from self._reference(part, known)
        each = step.part("each")
        yield from self._reference(each, known, wanted="array")
        conversation = step.part("conversation")
        if conversation.value != own:
            yield from self._reference(conversation, known)

    def _group(self, step: Field, kind: str, known: _Known, before: _Before) -> Iterator[Problem]:
        inside = dict(known)
        if kind == "loop":
            # What later steps gave in the round before is known as well.
            for item in step.part(kind).items():
                inside |= {name: schema for name, schema in self._gives(item) if name not in known}
            # So is what the last of them gave.
            last = before
            for item in step.part(kind).items():
                last = self._after(item, last)
            before = (*before, *last)
        found = dict(inside)
        for item in step.part(kind).items():
            # Steps side by side do not know of each other.
            branch = dict(inside) if kind == "parallel" else inside
            yield from self.problems(item, branch, before)
            found |= branch
            if kind != "parallel":
                before = self._after(item, before)
        known.update(found)
        for condition in _items(step.part("until")):
            yield from self._condition(condition, known, before)
        yield from self._reference(step.part("output"), known)

    def _after(self, step: Field, before: _Before) -> _Before:
        """Give what a step gives, and what the one before it gave, if it may be left out."""
        # Before the first step there is the input.
        left = (before or (_TEXT,)) if step.part("when").value is not None else ()
        return (self._schema(step), *left)

    def _gives(self, step: Field) -> Iterator[tuple[str, dict[str, Any]]]:
        name = _name(step)
        if name is not None:
            yield name, self._schema(step)
        for kind in KINDS[1:]:
            for item in step.part(kind).items():
                yield from self._gives(item)

    def _named(self, step: Field, known: _Known) -> Iterator[Problem]:
        name = _name(step)
        if name is None:
            return
        key = "name" if step.part("name").value is not None else "agent"
        first = self._names.get(name)
        if name == INPUT:
            message = f"'{INPUT}' is the input of the workflow; no step can be called so"
            yield step.part(key).problem("duplicate-name", message, "give it another name")
        elif first is not None:
            message = f"a second step called '{name}'; the first is at {first.place}"
            yield step.part(key).problem("duplicate-name", message, "give one of them a name")
        self._names.setdefault(name, step.part(key))
        known[name] = self._schema(step)

    def _schema(self, step: Field) -> dict[str, Any]:
        """Give the JSON Schema of what a step gives, as far as the files tell."""
        if step.part("parallel").value is not None:
            return {"type": "array"}
        agent = step.part("agent").value
        if not isinstance(agent, str) or agent not in self._scope.agents:
            return ANY
        output = self._scope.agent(agent).get("output_type")
        if output is None:
            schema: dict[str, Any] = _TEXT
        else:
            schema = output.value if isinstance(output.value, dict) else ANY
        return {"type": "array", "items": schema} if step.part("each").value else schema

    def _reference(
        self, field: Field, known: _Known, wanted: str | None = None
    ) -> Iterator[Problem]:
        text = field.text
        if text is None:
            return
        found = reference(text)
        if found.step not in known:
            yield self._unknown(field, found.step, known)
            return
        schema, problem = at(field, known[found.step], found.path, found.step)
        if problem is not None:
            yield problem
        elif wanted is not None and schema.get("type", wanted) != wanted:
            yield field.problem("unknown-field", f"'{shortened(text)}' is no list")

    def _condition(self, condition: Field, known: _Known, before: _Before) -> Iterator[Problem]:
        step = condition.part("step")
        if step.text is not None:
            if step.text not in known:
                yield self._unknown(step, step.text, known)
                return
            before = (known[step.text],)
        elif not before:
            message = "there is no step before this one whose output could be looked at"
            yield condition.problem("unknown-field", message, "name a step: {step: ...}")
            return
        named = step.value if isinstance(step.value, str) else "the step before"
        wrong = [list(_unmet(condition, schema, named)) for schema in before]
        # One that can hold after any of them is right.
        if all(wrong):
            yield from wrong[0]

    def _unknown(self, field: Field, name: str, known: _Known) -> Problem:
        near = suggestion(name, known)
        message = f"no step before this one is called '{shortened(name)}'{near}"
        hint = None if near else f"before it there are {', '.join(known)}"
        return field.problem("unknown-step", message, hint)


def _unmet(condition: Field, schema: dict[str, Any], named: str) -> Iterator[Problem]:
    """Say why a condition can never hold for what has this schema."""
    path = condition.part("field")
    found, problem = at(path, schema, path.text, named)
    if problem is not None:
        yield problem
    else:
        yield from impossible(condition.part("equals"), found)


def _name(step: Field) -> str | None:
    for key in ("name", "agent"):
        if step.part(key).text is not None:
            return step.part(key).text
    return None


def _items(field: Field) -> list[Field]:
    return [field] if isinstance(field.value, dict) else list(field.items())


def _values(field: Field) -> list[Field]:
    if isinstance(field.value, dict):
        return [field.part(heading) for heading in field.value]
    return [field]


def _not_one(step: Field, kinds: list[str]) -> Iterator[Problem]:
    if len(kinds) > 1:
        message = f"'{kinds[0]}' and '{kinds[1]}' exclude each other: they are two steps"
        yield step.part(kinds[1]).problem("conflicting-keys", message, "write two steps")
    elif isinstance(step.value, dict) and all(_is_known(key) for key in step.value):
        yield step.problem("required-key", f"a step needs one of the keys {', '.join(KINDS)}")


def _is_known(key: str) -> bool:
    return key.startswith("x-") or key in (*_OWNERS, "name", "when")


_OWNERS = {
    **dict.fromkeys(_OF_AGENTS, "an agent's step"),
    **dict.fromkeys(_OF_LOOPS, "a loop"),
    **dict.fromkeys(_OF_GROUPS, "a sequence or a loop"),
}


def _misplaced(step: Field, kind: str) -> Iterator[Problem]:
    wrong = [key for key in _OF_AGENTS if kind != "agent" and key in step.value]
    wrong += [key for key in _OF_LOOPS if kind != "loop" and key in step.value]
    wrong += [key for key in _OF_GROUPS if kind in ("agent", "parallel") and key in step.value]
    for key in wrong:
        place = step.part(key).key_place
        owner = _OWNERS[key]
        message = f"'{key}' belongs to {owner}, not to '{kind}'"
        yield step.document.problem(place, "conflicting-keys", message)
    if kind == "agent" and "each" in step.value:
        for key in ("input", "conversation"):
            if key in step.value:
                message = f"'each' and '{key}' exclude each other: each item is an input of its own"
                yield step.part(key).problem("conflicting-keys", message, "keep one of them")
