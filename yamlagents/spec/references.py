"""Names that point elsewhere: to agents, models, tools, prompt files and code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from yamlagents.spec.agentnames import display_name_problems, unknown_agent
from yamlagents.spec.equipment import equipment_problems
from yamlagents.spec.files import file_problem
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.project import target_of
from yamlagents.spec.providers import KNOWN, OFFLINE, OFFLINE_POLICIES
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.variables import Unset

MAX_PROMPT_BYTES = 1024 * 1024


def reference_problems(scope: Scope) -> Iterator[Problem]:
    """Give a problem for each reference of the scope that leads nowhere or may not be followed."""
    yield from _entry(scope)
    for field in scope.models.values():
        yield from _model_string(field.part("model"))
    run_model = scope.setting("run", "model")
    if run_model is not None:
        yield from model_problems(run_model, scope)
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


def _alone(agent: Field) -> bool:
    """Tell whether an agent extends none; what one lacks that extends another, both lack."""
    return isinstance(agent.value, dict) and "extends" not in agent.value


def model_problems(field: Field, scope: Scope) -> Iterator[Problem]:
    """Give a problem where `field` is neither a LiteLLM string nor a name under `models`."""
    text = field.value
    if not isinstance(text, str) or isinstance(text, Unset):
        return
    if "/" in text:
        yield from _model_string(field)
    elif text not in scope.models and scope.complete:
        near = suggestion(text, scope.models)
        said = shortened(text)
        hint = None if near else f"a LiteLLM model names its provider first, like openai/{said}"
        message = f"there is no model '{said}' under models{near}"
        yield field.problem("unknown-model", message, hint)


def _model_string(field: Field) -> Iterator[Problem]:
    text = field.value
    if not isinstance(text, str) or isinstance(text, Unset) or "/" not in text:
        return
    provider, _, rest = text.removeprefix("litellm/").partition("/")
    if provider == OFFLINE and rest not in OFFLINE_POLICIES:
        choices = ", ".join(f"{OFFLINE}/{policy}" for policy in OFFLINE_POLICIES)
        message = f"there is no offline model '{shortened(text)}'"
        yield field.problem("unknown-model", message, f"the offline models are {choices}")
    elif provider not in KNOWN:
        near = suggestion(provider, KNOWN)
        if near:
            message = f"'{shortened(provider)}' is no provider that is known here{near}"
            place = field.place
            yield field.document.problem(place, "unknown-provider", message, severity="warning")


def _instructions(fields: dict[str, Field], scope: Scope) -> Iterator[Problem]:
    prompt = fields.get("instructions_file")
    if prompt is None:
        return
    if "instructions" in fields:
        message = "'instructions' and 'instructions_file' exclude each other"
        place = prompt.key_place
        yield prompt.document.problem(place, "conflicting-keys", message, hint="keep one of them")
    if not isinstance(prompt.value, str) or isinstance(prompt.value, Unset):
        return
    target = target_of(prompt.document.folder, prompt.value)
    problem = file_problem(prompt.place, prompt.value, target, scope.project)
    if problem is not None or target is None:
        yield from filter(None, (problem,))
    elif target.stat().st_size > MAX_PROMPT_BYTES:
        yield prompt.problem("too-large", f"'{prompt.value}' is over 1 MiB")
    else:
        yield from _unreadable(prompt, target)


def _unreadable(prompt: Field, target: Path) -> Iterator[Problem]:
    try:
        target.read_text(encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        yield prompt.problem("unreadable-file", f"'{prompt.value}' cannot be read: {reason}")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        message = f"'{prompt.value}' is not UTF-8 in line {line}"
        yield prompt.problem("not-utf-8", message, "save the file as UTF-8")
