"""Guardrails: from code, or an agent whose output trips, to the SDK's own."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from agents import (
    Agent,
    GuardrailFunctionOutput,
    InputGuardrail,
    ModelBehaviorError,
    OutputGuardrail,
    RunContextWrapper,
    ToolGuardrailFunctionOutput,
    ToolInputGuardrail,
    ToolOutputGuardrail,
)
from pydantic_core import to_jsonable_python

from yamlagents.sdk import code
from yamlagents.sdk.nested import run_nested
from yamlagents.spec.code.records import CodeSpec, NamedCodeSpec
from yamlagents.spec.paths import Missing, follow
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.tools.records import GuardrailSpec

Agents = Mapping[str, Agent[Any]]


def input_guardrail(spec: GuardrailSpec, agents: Agents, root: Path) -> InputGuardrail[Any]:
    """Make the input guardrail of `spec`. Raises `SpecError` at its place."""
    found = _checked(spec, agents, root, of_output=False)
    beside = spec.run_in_parallel
    if isinstance(found, InputGuardrail):
        parallel = found.run_in_parallel if beside is None else beside
        return replace(found, name=spec.name or found.name, run_in_parallel=parallel)
    name = spec.name or _name(found)
    return InputGuardrail(found, name=name, run_in_parallel=beside is not False)


def output_guardrail(spec: GuardrailSpec, agents: Agents, root: Path) -> OutputGuardrail[Any]:
    """Make the output guardrail of `spec`. Raises `SpecError` at its place."""
    found = _checked(spec, agents, root, of_output=True)
    if isinstance(found, OutputGuardrail):
        return replace(found, name=spec.name or found.name)
    return OutputGuardrail(found, name=spec.name or _name(found))


def tool_guardrails(given: dict[str, Any], specs: Mapping[str, Any]) -> dict[str, Any]:
    """Give a tool's options with plain functions made guardrails. Raises `SpecError`."""
    kinds: dict[str, Any] = {
        "tool_input_guardrails": ToolInputGuardrail,
        "tool_output_guardrails": ToolOutputGuardrail,
    }
    for key in kinds.keys() & given.keys():
        found = zip(given[key], specs[key], strict=True)
        given[key] = [_tool_guardrail(item, kinds[key], spec) for item, spec in found]
    return given


def _tool_guardrail(found: Any, kind: Any, spec: CodeSpec) -> Any:
    if not isinstance(found, kind):
        if not callable(found):
            raise _not_a_guardrail(spec, found)
        found = kind(guardrail_function=found, name=_name(found))
    checks = _giving(ToolGuardrailFunctionOutput, found.guardrail_function, spec)
    name = spec.name if isinstance(spec, NamedCodeSpec) else found.name
    return replace(found, guardrail_function=checks, name=name)


def _as_text(data: Any) -> str:
    """Give a final output as the guardrail's agent reads it: text as it is, data as JSON."""
    if isinstance(data, str):
        return data
    return json.dumps(to_jsonable_python(data, fallback=str), ensure_ascii=False)


def _checked(spec: GuardrailSpec, agents: Agents, root: Path, *, of_output: bool) -> Any:
    """Give what checks: a guardrail that is ready, or a function `(context, agent, data)`."""
    if spec.code is None:
        return _agent_check(spec, agents, of_output=of_output)
    found = code.made(spec.code, root)
    if isinstance(found, InputGuardrail | OutputGuardrail):
        checks = _giving(GuardrailFunctionOutput, found.guardrail_function, spec.code)
        return replace(found, guardrail_function=checks)
    if callable(found):
        return _giving(GuardrailFunctionOutput, found, spec.code)
    raise _not_a_guardrail(spec.code, found)


def _giving(kind: type[Any], function: Any, spec: CodeSpec) -> Any:
    """Have a function say so where it gives something else, which the SDK would stumble over."""

    @functools.wraps(function)
    async def check(*args: Any) -> Any:
        given = function(*args)
        output = await given if inspect.isawaitable(given) else given
        return code.given(spec, output, kind, f"a {kind.__name__} of the SDK")

    # Objects that are called have no name, and are told by that of their class.
    check.__name__ = _name(function) or type(function).__name__
    return check


def _not_a_guardrail(spec: CodeSpec, found: Any) -> SpecError:
    message = f"'{spec.point.text}' is a {type(found).__name__}, not a guardrail or a function"
    return SpecError([Problem(spec.place, "error", "wrong-kind", message)])


def _name(found: Any) -> str | None:
    return getattr(found, "__name__", None)


def _agent_check(spec: GuardrailSpec, agents: Agents, *, of_output: bool) -> Any:
    checker, tripwire = agents[str(spec.agent)], str(spec.tripwire)

    async def check(
        context: RunContextWrapper[Any], agent: Agent[Any], data: Any
    ) -> GuardrailFunctionOutput:
        asked = _as_text(data) if of_output else data
        result = await run_nested(checker, asked, context.context)
        output = result.final_output
        try:
            tripped = bool(follow(output, tripwire))
        except Missing:
            message = f"the guardrail's agent '{checker.name}' gave no field '{tripwire}'"
            raise ModelBehaviorError(message) from None
        return GuardrailFunctionOutput(output_info=output, tripwire_triggered=tripped)

    check.__name__ = str(spec.agent)
    return check
