"""Structured output: from a type or an inline JSON Schema to the SDK's output schema."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from agents import AgentOutputSchema, AgentOutputSchemaBase, ModelBehaviorError, UserError
from agents.strict_schema import ensure_strict_json_schema
from jsonschema.exceptions import best_match
from jsonschema.validators import Draft202012Validator, validator_for
from pydantic import (
    PydanticSchemaGenerationError,
    PydanticUserError,
    TypeAdapter,
    ValidationError,
)
from referencing import Registry

from yamlagents.sdk import code
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.tools.records import OutputSpec


class JsonOutput(AgentOutputSchemaBase):
    """Output that fits a JSON Schema: the data as it is, checked."""

    def __init__(self, schema: dict[str, Any], *, strict: bool) -> None:
        self._schema = schema
        self._strict = strict
        draft: Any = validator_for(schema, default=Draft202012Validator)
        # An empty registry: a schema takes nothing from the network.
        self._validator = draft(schema, registry=Registry())

    def is_plain_text(self) -> bool:
        return False

    def name(self) -> str:
        return str(self._schema.get("title") or "output")

    def json_schema(self) -> dict[str, Any]:
        return self._schema

    def is_strict_json_schema(self) -> bool:
        return self._strict

    def validate_json(self, json_str: str) -> Any:
        """Give the data of a reply. Raises the SDK's `ModelBehaviorError`, saying what is wrong."""
        return _fitting(json_str, self._validator)


class TypedOutput(AgentOutputSchema):
    """Output of a Python type, which says what is wrong with a reply: the SDK's hides it."""

    def validate_json(self, json_str: str) -> Any:
        """Give the object of a reply. Raises the SDK's `ModelBehaviorError`, saying what is wrong.

        What the type checks besides its schema is told in its own words.
        """
        try:
            return super().validate_json(json_str)
        except ModelBehaviorError:
            schema = Draft202012Validator(self.json_schema(), registry=Registry())
            data = _fitting(json_str, schema)
            # What is no object, a list for example, the SDK puts into one.
            inner = data["response"] if getattr(self, "_is_wrapped", False) else data
            strict = self.is_strict_json_schema() or None
            try:
                TypeAdapter(self.output_type).validate_json(json.dumps(inner), strict=strict)
            except ValidationError as error:
                (first, *_) = error.errors(include_url=False, include_input=False)
                raise _unfit(".".join(map(str, first["loc"])), first["msg"]) from error
            raise


def _fitting(json_str: str, validator: Any) -> Any:
    """Give the data of a reply, if it is any and fits. Raises `ModelBehaviorError`."""
    try:
        data = json.loads(json_str)
    except (ValueError, RecursionError) as error:
        raise ModelBehaviorError(f"the output is not JSON: {error}") from error
    worst = best_match(validator.iter_errors(data))
    if worst is None:
        return data
    raise _unfit(worst.json_path.removeprefix("$").removeprefix("."), worst.message)


def _unfit(where: str, message: str) -> ModelBehaviorError:
    said = f"{where}: {message}" if where else message
    return ModelBehaviorError(f"the output does not fit output_type: {said}")


def output_type(spec: OutputSpec, root: Path) -> Any:
    """Give what the SDK's Agent takes as `output_type`. Raises `SpecError` at its place."""
    hint = "set strict_json_schema: false"
    try:
        if spec.schema is not None:
            schema = copy.deepcopy(dict(spec.schema))
            if spec.strict:
                schema = ensure_strict_json_schema(schema)
            return JsonOutput(schema, strict=spec.strict)
        assert spec.type is not None, "an output has a type or a schema"
        found = code.made(spec.type, root)
        if isinstance(found, type) and issubclass(found, AgentOutputSchemaBase):
            found = code.instance(spec.type, root)
        if isinstance(found, AgentOutputSchemaBase):
            return found
        if found is str:
            return None
        return TypedOutput(found, strict_json_schema=spec.strict)
    except UserError as error:
        message = f"this output_type cannot be strict: {_first_line(error)}"
        raise SpecError([Problem(spec.place, "error", "bad-output-type", message, hint)]) from error
    except (TypeError, PydanticUserError, PydanticSchemaGenerationError) as error:
        message = f"this is no type that has a JSON Schema: {_first_line(error)}"
        raise SpecError([Problem(spec.place, "error", "bad-output-type", message)]) from error


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
