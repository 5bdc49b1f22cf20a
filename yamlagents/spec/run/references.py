"""What `run` names is there, and what it asks for can be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from yamlagents.spec.code import coderefs
from yamlagents.spec.equipment import guardrail_problems
from yamlagents.spec.models.providers import OFFLINE
from yamlagents.spec.models.references import line, model_of_agent
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.run.config import code_key_problems
from yamlagents.spec.run.fields import CONVERSATION, GUARDRAILS, run_fields
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.tools.names import sure_tools

RESPONSES = "openai_responses"
# Keys that say something of traces, which are only made where they are turned on.
_TRACING = (
    *("tracing", "trace_include_sensitive_data", "workflow_name", "trace_id", "group_id"),
    *("trace_metadata", "trace_processors"),
)


def run_problems(scope: Scope) -> Iterator[Problem]:
    """Give a problem for each thing that `run` names and that is not there, or does nothing."""
    for document in scope.documents:
        owner = Field(document, ("run",), document.get("run"))
        yield from _code(owner, scope)
        for key in GUARDRAILS:
            for item in owner.part(key).items():
                yield from guardrail_problems(item, scope)
    fields = run_fields(scope)
    yield from trimmed_problems(fields, scope)
    yield from _tracing(fields)
    yield from conversation_problems(fields, scope.agents, scope)


def _code(owner: Field, scope: Scope) -> Iterator[Problem]:
    yield from code_key_problems(owner, scope)
    for item in owner.part("trace_processors").items():
        yield from coderefs.code_problem(item, scope)
    handlers = owner.part("error_handlers")
    for key in handlers.value if isinstance(handlers.value, dict) else ():
        yield from coderefs.code_problem(handlers.part(key), scope, coderefs.ERROR_HANDLER)


def trimmed_problems(fields: Mapping[str, Field], scope: Scope) -> Iterator[Problem]:
    """Tell of tools whose output is to be trimmed and that no agent has."""
    given = fields.get("call_model_input_filter")
    trimmer = given.part("tool_output_trimmer") if given is not None else None
    named = [*trimmer.part("trimmable_tools").items()] if trimmer is not None else []
    tools, are_all = sure_tools(scope) if named else ([], False)
    if not are_all:
        return
    names = {str(tool.name) for tool in tools}
    for tool in named:
        if tool.text is not None and tool.text not in names:
            near = suggestion(tool.text, sorted(names))
            message = f"no agent has a tool '{shortened(tool.text)}'{near}"
            yield tool.document.problem(tool.place, "no-effect", message, severity="warning")


def _tracing(fields: dict[str, Field]) -> Iterator[Problem]:
    switch = fields.get("tracing_disabled")
    if switch is not None and switch.value is not True:
        return
    for key in _TRACING:
        if key in fields and fields[key].value is not None:
            field = fields[key]
            message = f"'{key}' does nothing while tracing is off, which it is by default"
            hint = "add tracing_disabled: false, or remove it"
            yield field.document.problem(
                field.key_place, "no-effect", message, hint=hint, severity="warning"
            )


def conversation_problems(
    fields: Mapping[str, Field], agents: Iterable[str], scope: Scope
) -> Iterator[Problem]:
    """Refuse conversations that OpenAI keeps where another API answers, or that are two.

    `agents` are those that take part in them.
    """
    taking_part = [*agents]
    given = [fields[key] for key in CONVERSATION if key in fields and fields[key].value]
    for field in given:
        agent = next((name for name in taking_part if not _may_continue(name, scope)), None)
        if agent is not None:
            message = f"'{field.keys[-1]}' does nothing for the agent '{agent}'"
            said = f"{message}: its model does not keep conversations"
            hint = f"give all models provider: {RESPONSES}, or remove it"
            yield field.problem("needs-responses", said, hint)
    if len(given) > 1 and given[-1].keys[-1] == "conversation_id":
        message = f"'conversation_id' and '{given[0].keys[-1]}' exclude each other"
        yield given[-1].problem("conflicting-keys", message, "keep one of them")


def _may_continue(agent: str, scope: Scope) -> bool:
    """Tell whether all models of an agent keep conversations, as far as that is known."""
    field = model_of_agent(scope.agent(agent), scope)
    models = line(field, scope) if field is not None else ()
    return all(
        model.backend(scope) in (None, RESPONSES) or model.label(scope).startswith(f"{OFFLINE}/")
        for model in models
    )
