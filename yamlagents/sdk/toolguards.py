"""Guardrails of tools: what they reject is told to whoever watches, as the SDK tells no hook."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from agents import (
    FunctionTool,
    ToolGuardrailFunctionOutput,
    ToolInputGuardrail,
    ToolInputGuardrailData,
    ToolOutputGuardrail,
    ToolOutputGuardrailData,
)

from yamlagents.sdk.nested import surroundings

# How an error begins that is a guardrail's and not the tool's, and how one ends of a call that did
# not come to its tool.
_GUARDRAIL, _THE_CALL = "the guardrail '", " the call"

_Run = Callable[[Any], Awaitable[ToolGuardrailFunctionOutput]]


def is_of_guardrail(error: str) -> bool:
    """Tell whether a call has this error because of a guardrail alone."""
    return error.startswith(_GUARDRAIL)


def is_before_call(error: str) -> bool:
    """Tell whether a guardrail kept the call from its tool."""
    return is_of_guardrail(error) and error.endswith(_THE_CALL)


def watched_options(options: dict[str, Any]) -> dict[str, Any]:
    """Give the options of a tool, or of a server's tools, with guardrails that tell."""
    kinds: dict[str, Any] = {
        "tool_input_guardrails": _watched_inputs,
        "tool_output_guardrails": _watched_outputs,
    }
    return {key: kinds[key](value) if key in kinds else value for key, value in options.items()}


def watch_guardrails(tool: FunctionTool) -> FunctionTool:
    """Have the guardrails of `tool`, which is ours to change, tell what they reject."""
    tool.tool_input_guardrails = _watched_inputs(tool.tool_input_guardrails)
    tool.tool_output_guardrails = _watched_outputs(tool.tool_output_guardrails)
    return tool


def _watched_inputs(
    guardrails: Sequence[ToolInputGuardrail[Any]] | None,
) -> list[ToolInputGuardrail[Any]] | None:
    """Give guardrails that do the same, and tell."""
    if guardrails is None:
        return None
    return [
        ToolInputGuardrail(_watched(_name(one), one.run, _input_rejected), name=_name(one))
        for one in guardrails
    ]


def _watched_outputs(
    guardrails: Sequence[ToolOutputGuardrail[Any]] | None,
) -> list[ToolOutputGuardrail[Any]] | None:
    """Give guardrails that do the same, and tell."""
    if guardrails is None:
        return None
    return [
        ToolOutputGuardrail(_watched(_name(one), one.run, _output_rejected), name=_name(one))
        for one in guardrails
    ]


def _name(guardrail: ToolInputGuardrail[Any] | ToolOutputGuardrail[Any]) -> str:
    function: Any = guardrail.guardrail_function
    return guardrail.name or str(getattr(function, "__name__", type(function).__name__))


def _watched(name: str, run: _Run, tell: Callable[[str, Any, str | None], None]) -> Any:
    async def check(data: Any) -> ToolGuardrailFunctionOutput:
        try:
            output = await run(data)
        except Exception:  # goes on: it is told as what ended the call
            tell(name, data, None)
            raise
        behavior: Any = getattr(output, "behavior", None) or {}
        if behavior.get("type") == "reject_content":
            tell(name, data, behavior.get("message"))
        elif behavior.get("type") == "raise_exception":
            tell(name, data, None)
        return output

    return check


def _input_rejected(name: str, data: ToolInputGuardrailData, told: str | None) -> None:
    around = surroundings.get()
    if around is not None:
        did = "stopped" if told is None else "rejected"
        around.watching.call_rejected(data, told or "", f"{_GUARDRAIL}{name}' {did}{_THE_CALL}")


def _output_rejected(name: str, data: ToolOutputGuardrailData, told: str | None) -> None:
    around = surroundings.get()
    if around is not None and told is None:
        around.watching.output_stopped(data, f"{_GUARDRAIL}{name}' stopped the run")
    elif around is not None:
        around.watching.output_rejected(data, f"{_GUARDRAIL}{name}' rejected what it returned")
