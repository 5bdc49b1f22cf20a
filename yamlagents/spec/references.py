"""Names that point elsewhere: to agents, models, tools, prompt files and code."""

from __future__ import annotations

from collections.abc import Iterator

from yamlagents.spec.additions import KEY as ADDITIONS
from yamlagents.spec.additions import addition_problems
from yamlagents.spec.agentnames import display_name_problems, unknown_agent
from yamlagents.spec.equipment import equipment_problems
from yamlagents.spec.models.checks import declared_problems, model_problems
from yamlagents.spec.models.responses import responses_problems
from yamlagents.spec.problem import Problem
from yamlagents.spec.prompts import prompt_problems
from yamlagents.spec.run.fields import run_fields
from yamlagents.spec.run.inner import inner_run_problems
from yamlagents.spec.run.outputs import handler_problems
from yamlagents.spec.run.references import run_problems
from yamlagents.spec.sandbox.references import run_sandbox_problems, sandbox_problems
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.sessions.references import session_problems


def reference_problems(scope: Scope) -> Iterator[Problem]:
    """Give a problem for each reference of the scope that leads nowhere or may not be followed."""
    yield from _entry(scope)
    yield from declared_problems(scope)
    run_model = scope.setting("run", "model")
    if run_model is not None:
        yield from model_problems(run_model, scope)
    yield from run_problems(scope)
    yield from session_problems(scope)
    yield from inner_run_problems(scope)
    yield from handler_problems(run_fields(scope), scope)
    yield from run_sandbox_problems(scope)
    for name in scope.agents:
        yield from _agent(name, scope)
    yield from display_name_problems(scope)


def _entry(scope: Scope) -> Iterator[Problem]:
    entry = scope.setting("entry")
    if entry is not None and scope.agents:
        yield from unknown_agent(entry, scope)


def _agent(name: str, scope: Scope) -> Iterator[Problem]:
    fields = scope.agent(name)
    owner = scope.agents[name]
    if "model" in fields:
        yield from model_problems(fields["model"], scope)
    elif scope.complete and scope.setting("run", "model") is None and _alone(owner):
        message = f"the agent '{name}' has no model"
        hint = "add model: openai/gpt-4.1, a name of 'models', or run: {model: ...}"
        place = owner.key_place
        yield owner.document.problem(place, "missing-model", message, hint=hint)
    yield from _instructions(fields, scope)
    yield from equipment_problems(name, fields, scope)
    yield from sandbox_problems(name, fields, scope)
    yield from responses_problems(name, fields, scope)


def _alone(agent: Field) -> bool:
    """Tell whether an agent extends none; what one lacks that extends another, both lack."""
    return isinstance(agent.value, dict) and "extends" not in agent.value


def _instructions(fields: dict[str, Field], scope: Scope) -> Iterator[Problem]:
    if ADDITIONS in fields:
        yield from addition_problems(fields[ADDITIONS], scope.project)
    prompt = fields.get("instructions_file")
    if prompt is None:
        return
    if "instructions" in fields:
        message = "'instructions' and 'instructions_file' exclude each other"
        place = prompt.key_place
        yield prompt.document.problem(place, "conflicting-keys", message, hint="keep one of them")
    yield from prompt_problems(prompt, scope)
