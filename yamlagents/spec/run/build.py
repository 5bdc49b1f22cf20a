"""From the checked `run` of a file and its includes to frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from yamlagents.spec.code import coderefs
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.models.build import known, settings
from yamlagents.spec.run.config import config_of, plain
from yamlagents.spec.run.fields import CONVERSATION, is_code, parts, run_fields
from yamlagents.spec.run.records import BUDGET, ErrorOutput, Limit, RunSpec
from yamlagents.spec.sandbox.build import run_sandbox_of
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.sessions.build import session_of
from yamlagents.spec.tools.build import guardrail_of
from yamlagents.spec.tools.records import GuardrailSpec

# Those whose keys are anyone's, and that whose key may wait for its variable.
_WHOLE = ("trace_metadata", "tracing")


def run_of(scope: Scope) -> RunSpec:
    """Give how a run of the scope's files goes."""
    given = {key: field for key, field in run_fields(scope).items() if known(field)}
    options = {**config_of(given, scope)}
    whole = {key: given[key].value for key in _WHOLE if key in given}
    if "trace_processors" in given:
        items = given["trace_processors"].items()
        named = (item for item in items if coderefs.names_code(item))
        options["trace_processors"] = tuple(coderefs.code_of(item, scope) for item in named)
    turns, of_models = given.get("max_turns"), given.get("model_settings")
    return RunSpec(
        max_turns=turns.value if turns is not None else RunSpec.max_turns,
        budget=_budget(given.get("budget")),
        model_settings=settings(plain(of_models), of_models, scope),
        model_provider=_code(given, "model_provider", scope),
        input_guardrails=_guardrails(given, "input_guardrails", scope),
        output_guardrails=_guardrails(given, "output_guardrails", scope),
        hooks=_code(given, "hooks", scope),
        context=_context(given, scope),
        error_handlers=_handlers(given.get("error_handlers"), scope),
        conversation=_frozen({key: given[key].value for key in CONVERSATION if key in given}),
        options=_frozen({**options, **whole}),
        session=session_of(scope),
        sandbox=run_sandbox_of(scope),
    )


def _frozen(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(data))


def _budget(field: Field | None) -> Mapping[str, Limit]:
    limits = {key: part for key, part in parts(field).items() if key in BUDGET and known(part)}
    set_ = {key: part for key, part in limits.items() if part.value is not None}
    return _frozen({key: Limit(part.value, part.place) for key, part in set_.items()})


def _code(given: Mapping[str, Field], key: str, scope: Scope) -> CodeSpec | None:
    field = given.get(key)
    # One that hangs on an unset variable is no code yet.
    named = field is not None and coderefs.names_code(field)
    return coderefs.code_of(field, scope) if field is not None and named else None


def _guardrails(given: Mapping[str, Field], key: str, scope: Scope) -> tuple[GuardrailSpec, ...]:
    items = given[key].items() if key in given else ()
    return tuple(guardrail_of(item, scope) for item in items if known(item))


def _context(given: Mapping[str, Field], scope: Scope) -> Mapping[str, Any] | CodeSpec | None:
    field = given.get("context")
    if field is None:
        return None
    if is_code(field):
        return coderefs.code_of(field, scope)
    return _frozen(field.value) if isinstance(field.value, dict) else None


def _handlers(field: Field | None, scope: Scope) -> Mapping[str, CodeSpec | ErrorOutput]:
    handlers: dict[str, CodeSpec | ErrorOutput] = {}
    for key, part in parts(field).items():
        if coderefs.names_code(part):
            handlers[key] = coderefs.code_of(part, scope)
        elif isinstance(part.value, dict) and "final_output" in part.value:
            kept = part.value.get("include_in_history", True)
            handlers[key] = ErrorOutput(part.value["final_output"], kept)
    return _frozen(handlers)
