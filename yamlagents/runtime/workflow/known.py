"""What the steps of a workflow gave so far, and what comes of it: inputs and conditions."""

from __future__ import annotations

import json
from collections import ChainMap
from collections.abc import Iterable, Sequence
from typing import Any

from yamlagents.spec.paths import Missing, follow
from yamlagents.spec.workflow.records import INPUT, Condition, Reference, Step

# What a reference leads to that leads nowhere.
NOTHING = object()


class Known:
    """What steps gave, by their names, and their conversations, as the next step finds them."""

    def __init__(self, input: str) -> None:
        self._given: ChainMap[str, Any] = ChainMap({INPUT: input})
        self._conversations: ChainMap[str, Sequence[Any]] = ChainMap({})

    @property
    def input(self) -> str:
        """The input of the workflow."""
        text: str = self._given[INPUT]
        return text

    def branch(self) -> Known:
        """Give the same for a step beside others, which it does not know of before all ended."""
        other = Known("")
        other._given = self._given.new_child()
        other._conversations = self._conversations.new_child()
        return other

    def join(self, branches: Iterable[Known]) -> None:
        """Take over what steps side by side gave."""
        for branch in branches:
            self._given.update(branch._given.maps[0])
            self._conversations.update(branch._conversations.maps[0])

    def keep(self, name: str, given: Any) -> None:
        """Take note of what a step gave."""
        self._given[name] = given

    def talked(self, name: str, history: Sequence[Any]) -> None:
        """Take note of the conversation of a step."""
        self._conversations[name] = history

    def conversation(self, name: str | None) -> Sequence[Any]:
        """Give the conversation of a step; nothing if it has none yet."""
        return self._conversations.get(name or "", ())

    def at(self, reference: Reference) -> Any:
        """Give what a reference leads to, or `NOTHING`."""
        value = self._given.get(reference.step, NOTHING)
        if value is NOTHING or reference.path is None:
            return value
        try:
            return follow(value, reference.path)
        except Missing:
            return NOTHING

    def told(self, step: Step, before: Any) -> str:
        """Give what an agent is told: what it asks for, or what the step before gave."""
        parts: list[str] = []
        for part in step.told:
            value = self.at(part.reference)
            if value is NOTHING:  # a step that was left out, or comes later in the first round
                continue
            text = as_text(value)
            parts.append(text if part.heading is None else f"{part.heading}:\n{text}")
        return "\n\n".join(parts) if parts else as_text(before)

    def hold(self, conditions: Sequence[Condition], before: Any) -> bool:
        """Tell whether conditions hold after a step that gave `before`."""
        return all(self._holds(condition, before) for condition in conditions)

    def _holds(self, condition: Condition, before: Any) -> bool:
        value = before if condition.step is None else self._given.get(condition.step, NOTHING)
        if condition.path is not None and value is not NOTHING:
            try:
                value = follow(value, condition.path)
            except Missing:
                return False
        # True is 1 to Python, but not to whoever wrote the file.
        same_kind = isinstance(value, bool) == isinstance(condition.equals, bool)
        return bool(same_kind and value == condition.equals)


def as_text(value: Any) -> str:
    """Give what an agent is told of a value: text as it is, texts as paragraphs, data as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n\n".join(value)
    return json.dumps(value, ensure_ascii=False, indent=2)
