"""Output types that are not strict."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from agents import AgentOutputSchemaBase

from yamlagents.testing.outcomes import CaseRun


@dataclass
class Jokes:
    """Jokes, each under its number: names that a strict schema would have to know before."""

    by_number: dict[int, str]


class ListOfJokes(AgentOutputSchemaBase):
    """A schema of one's own, whose output is a list of what the model gives by name."""

    def is_plain_text(self) -> bool:
        return False

    def name(self) -> str:
        return "jokes"

    def json_schema(self) -> dict[str, Any]:
        texts = {"type": "object", "additionalProperties": {"type": "string"}}
        return {"type": "object", "properties": {"jokes": texts}, "required": ["jokes"]}

    def is_strict_json_schema(self) -> bool:
        return False

    def validate_json(self, json_str: str) -> Any:
        return [*json.loads(json_str)["jokes"].values()]


LIST_OF_JOKES = ListOfJokes()


def numbers_are_numbers(run: CaseRun) -> tuple[bool, str]:
    assert run.result is not None
    output = run.result.final_output
    return isinstance(output, Jokes) and [*output.by_number] == [1, 2], repr(output)
