"""How a run goes, from data to what the SDK's runner takes."""

from __future__ import annotations

import copy
import functools
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents import (
    Agent,
    AgentOutputSchemaBase,
    ModelBehaviorError,
    RunConfig,
    RunErrorHandlerInput,
    RunErrorHandlerResult,
)
from agents.extensions import ToolOutputTrimmer
from agents.extensions.handoff_filters import remove_all_tools
from agents.lifecycle import RunHooksBase
from agents.run_config import ToolErrorFormatter, ToolErrorFormatterArgs
from agents.tracing import TracingProcessor

from yamlagents.result import RunError
from yamlagents.sdk import code
from yamlagents.sdk.guardrails import input_guardrail, output_guardrail
from yamlagents.sdk.models.settings import PER_REQUEST, settings_of
from yamlagents.sdk.nested import frames
from yamlagents.sdk.results import checked
from yamlagents.sdk.sandbox.config import sandbox_config
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.run.records import ErrorOutput, RunSpec

# Each of these differs from the SDK's default; docs/running.md says why.
_DEFAULTS: dict[str, Any] = {
    "tracing_disabled": True,
    "tool_not_found_behavior": "return_error_to_model",
    "tool_name_collision_policy": "error",
}
Context = Callable[[], Any]


def _no_context() -> None:
    return None


@dataclass(frozen=True)
class RunParts:
    """What a run of a team is given beside its input: all that its files say, made once.

    `context` is called for each run; it may give an awaitable. `tool_error` says what the model is
    told of a tool that failed. `handlers` are of errors that would end the run. `processors` are
    told of its traces, if there are any, in place of OpenAI.
    """

    config: RunConfig = field(default_factory=lambda: RunConfig(**_DEFAULTS))
    hooks: RunHooksBase[Any, Any] | None = None
    context: Context = _no_context
    tool_error: ToolErrorFormatter | None = None
    handlers: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    processors: tuple[TracingProcessor, ...] = ()


def run_parts(spec: RunSpec, agents: Mapping[str, Agent[Any]], root: Path) -> RunParts:
    """Make what `spec` names, with its guardrails' agents among `agents`.

    Raises `SpecError`, with the place, for what only importing the code shows.
    """
    given = dict(spec.options)
    processors = given.pop("trace_processors", ())
    options = config_fields(given, root)
    tool_error = options.pop("tool_error_formatter", None)
    if spec.model_settings:
        # The rest of them the agents have.
        of_run = {k: v for k, v in spec.model_settings.items() if k not in PER_REQUEST}
        options["model_settings"] = settings_of(of_run)
    if spec.input_guardrails:
        guardrails = [input_guardrail(check, agents, root) for check in spec.input_guardrails]
        options["input_guardrails"] = guardrails
    if spec.output_guardrails:
        checks = [output_guardrail(check, agents, root) for check in spec.output_guardrails]
        options["output_guardrails"] = checks
    if spec.sandbox is not None:
        options["sandbox"] = sandbox_config(spec.sandbox, root)
    return RunParts(
        config=RunConfig(**{**_DEFAULTS, **options}),
        hooks=code.hooks(spec.hooks, root, RunHooksBase) if spec.hooks is not None else None,
        context=_context(spec.context, root),
        tool_error=tool_error,
        handlers={key: _handler(given, root) for key, given in spec.error_handlers.items()},
        # What is not traced is nobody's business.
        processors=tuple(_processor(one, root) for one in processors if spec.is_traced),
    )


def config_fields(given: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Give fields of the SDK's `RunConfig`, made of what files say of them.

    Raises `SpecError`, with the place, for code that cannot be what it is named for.
    """
    return checked({key: _option(key, value, root) for key, value in given.items()}, given)


def _processor(spec: CodeSpec, root: Path) -> TracingProcessor:
    found = code.instance(spec, root)
    if not isinstance(found, TracingProcessor):
        wanted = "an object of a subclass of the SDK's TracingProcessor"
        raise code.wrong_kind(spec, found, wanted)
    return found


def _option(key: str, value: Any, root: Path) -> Any:
    if isinstance(value, CodeSpec):
        found = code.function(value, root)
        if key == "output_guardrail_blocked_message":
            _try(key, found, value)
        return found
    if key == "handoff_input_filter":
        return remove_all_tools
    if key == "tool_error_formatter":
        return _show_exception
    if key == "call_model_input_filter":
        return ToolOutputTrimmer(**_without_notes(value["tool_output_trimmer"]))
    return value


def _without_notes(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if not key.startswith("x-")}


def _show_exception(args: ToolErrorFormatterArgs[Any]) -> str | None:
    if args.error is None:
        return None
    return f"{args.default_message} {type(args.error).__name__}: {args.error}"


def _try(key: str, value: Any, spec: CodeSpec) -> None:
    """Let the SDK check one option, so that what it refuses has a place."""
    try:
        RunConfig(**{key: value})
    except (TypeError, ValueError) as error:
        problem = Problem(spec.place, "error", "wrong-kind", f"'{spec.point.text}': {error}")
        raise SpecError([problem]) from error


def _context(given: Mapping[str, Any] | CodeSpec | None, root: Path) -> Context:
    if isinstance(given, CodeSpec):
        factory, arguments = code.attribute(given.point, root), given.arguments or {}
        if not callable(factory):
            raise code.wrong_kind(given, factory, "a function")
        return lambda: factory(**copy.deepcopy(dict(arguments)))
    return _no_context if given is None else lambda: copy.deepcopy(dict(given))


def _handler(given: CodeSpec | ErrorOutput, root: Path) -> Callable[..., Any]:
    if isinstance(given, CodeSpec):
        return _noting(code.function(given, root))

    def give_up(failed: RunErrorHandlerInput[Any]) -> RunErrorHandlerResult:
        _check_fit(given.final_output, failed.run_data.last_agent)
        return RunErrorHandlerResult(copy.deepcopy(given.final_output), given.include_in_history)

    return _noting(give_up)


def _noting(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Have a handler of errors note what it raises."""

    @functools.wraps(handler)
    async def handle(failed: RunErrorHandlerInput[Any]) -> Any:
        try:
            given = handler(failed)
            return await given if inspect.isawaitable(given) else given
        except Exception as error:
            frame = frames.get(None)
            if frame is not None:
                frame.raised = error
            raise

    return handle


def _check_fit(output: Any, agent: Agent[Any]) -> None:
    """Raise `RunError` for a final output that is not of the agent's kind: the SDK hides why."""
    kind = agent.output_type
    if not isinstance(kind, AgentOutputSchemaBase) or kind.is_plain_text():
        return
    try:
        kind.validate_json(json.dumps(output))
    except ModelBehaviorError as error:
        message = f"the final_output of run.error_handlers is none of '{agent.name}': {error}"
        raise RunError("sdk-refused", message, exit=2) from error
