"""Names that point elsewhere: to agents, models, tools, prompt files and code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from yamlagents.spec import entrypoints
from yamlagents.spec.files import file_problem
from yamlagents.spec.problem import Problem, suggestion
from yamlagents.spec.providers import KNOWN, OFFLINE, OFFLINE_POLICIES
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.settings import tool_choice_problem
from yamlagents.spec.variables import Unset

MAX_PROMPT_BYTES = 1024 * 1024


def reference_problems(scope: Scope) -> Iterator[Problem]:
    """Give a problem for each reference of the scope that leads nowhere or may not be followed."""
    yield from _entry(scope)
    for field in scope.models.values():
        yield from _model_string(_part(field, "model"))
    run_model = scope.setting("run", "model")
    if run_model is not None:
        yield from _model(run_model, scope)
    for name in scope.agents:
        yield from _agent(name, scope)
    yield from _display_names(scope)


def handoff_tool_name(agent_name: str) -> str:
    """Give the tool name that the SDK makes for a handoff to the agent shown as `agent_name`."""
    return "transfer_to_" + re.sub(r"[^a-zA-Z0-9_]", "_", agent_name).lower()


def display_name(key: str, scope: Scope) -> str:
    """Give the name the SDK shows for the agent `key`: its `name`, else the key."""
    own = scope.agents[key].document.get("agents", key, "name")
    return own if isinstance(own, str) else key


def _part(field: Field, key: str) -> Field:
    value = field.value.get(key) if isinstance(field.value, dict) else None
    return Field(field.document, (*field.keys, key), value)


def _entry(scope: Scope) -> Iterator[Problem]:
    entry = scope.setting("entry")
    if entry is not None and isinstance(entry.value, str) and entry.value not in scope.agents:
        yield _unknown_agent(entry, scope)


def _unknown_agent(field: Field, scope: Scope) -> Problem:
    near = suggestion(field.value, scope.agents)
    return field.problem("unknown-agent", f"there is no agent '{field.value}'{near}")


def _agent(name: str, scope: Scope) -> Iterator[Problem]:
    fields = scope.agent(name)
    owner = scope.agents[name]
    if "model" in fields:
        yield from _model(fields["model"], scope)
    elif scope.setting("run", "model") is None and "extends" not in (owner.value or {}):
        message = f"the agent '{name}' has no model"
        hint = "add model: openai/gpt-4.1, a name of 'models', or run: {model: ...}"
        place = owner.key_place
        yield owner.document.problem(place, "missing-model", message, hint=hint)
    yield from _instructions(fields, scope)
    yield from _handoffs(fields, scope)
    yield from _tools(name, fields, scope)


def _model(field: Field, scope: Scope) -> Iterator[Problem]:
    text = field.value
    if not isinstance(text, str) or isinstance(text, Unset):
        return
    if "/" in text:
        yield from _model_string(field)
    elif text not in scope.models:
        near = suggestion(text, scope.models)
        hint = None if near else f"a LiteLLM model names its provider first, like openai/{text}"
        message = f"there is no model '{text}' under models{near}"
        yield field.problem("unknown-model", message, hint)


def _model_string(field: Field) -> Iterator[Problem]:
    text = field.value
    if not isinstance(text, str) or isinstance(text, Unset) or "/" not in text:
        return
    provider, _, rest = text.removeprefix("litellm/").partition("/")
    if provider == OFFLINE and rest not in OFFLINE_POLICIES:
        choices = ", ".join(f"{OFFLINE}/{policy}" for policy in OFFLINE_POLICIES)
        message = f"there is no offline model '{text}'"
        yield field.problem("unknown-model", message, f"the offline models are {choices}")
    elif provider not in KNOWN:
        near = suggestion(provider, KNOWN)
        if near:
            message = f"'{provider}' is no provider that is known here{near}"
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
    target = (prompt.document.folder / prompt.value).resolve()
    problem = file_problem(prompt.place, prompt.value, target, scope.project)
    if problem is not None:
        yield problem
    elif target.stat().st_size > MAX_PROMPT_BYTES:
        yield prompt.problem("too-large", f"'{prompt.value}' is over 1 MiB")
    else:
        try:
            target.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            yield prompt.problem("unreadable-file", f"'{prompt.value}' cannot be read: {error}")


def _handoffs(fields: dict[str, Field], scope: Scope) -> Iterator[Problem]:
    handoffs = fields.get("handoffs")
    for item in handoffs.items() if handoffs is not None else ():
        if isinstance(item.value, str) and item.value not in scope.agents:
            if not isinstance(item.value, Unset):
                yield _unknown_agent(item, scope)


def _tools(name: str, fields: dict[str, Field], scope: Scope) -> Iterator[Problem]:
    named: dict[str, Field] = {}
    complete = True
    tools = fields.get("tools")
    for item in tools.items() if tools is not None else ():
        point = _part(item, "function") if isinstance(item.value, dict) else item
        if not isinstance(point.value, str) or isinstance(point.value, Unset):
            complete = False
            continue
        resolved = entrypoints.resolve(
            point.value, point.place, point.document.folder, scope.project
        )
        if resolved.problem is not None:
            yield resolved.problem
        tool_name = _static_name(item, resolved)
        complete = complete and tool_name is not None
        yield from _claim(named, tool_name, item)
    handoffs = fields.get("handoffs")
    for item in handoffs.items() if handoffs is not None else ():
        if isinstance(item.value, str) and item.value in scope.agents:
            yield from _claim(named, handoff_tool_name(display_name(item.value, scope)), item)
    yield from _tool_choice(fields, sorted(named), complete)


def _static_name(item: Field, resolved: entrypoints.Resolved) -> str | None:
    override: Any = item.value.get("name_override") if isinstance(item.value, dict) else None
    if isinstance(override, str):
        return override
    return resolved.definition.tool_name if resolved.definition is not None else None


def _claim(named: dict[str, Field], tool_name: str | None, item: Field) -> Iterator[Problem]:
    """Tell of a second tool of one name: the SDK would drop one of them with a vague warning."""
    if tool_name is None:
        return
    if tool_name in named:
        message = f"a second tool called '{tool_name}'; the first is at {named[tool_name].place}"
        yield item.problem("duplicate-tool", message, "give one of them a name_override")
    named.setdefault(tool_name, item)


def _tool_choice(fields: dict[str, Field], tools: list[str], complete: bool) -> Iterator[Problem]:
    settings = fields.get("model_settings")
    if settings is None or not isinstance(settings.value, dict) or not complete:
        return
    choice = settings.value.get("tool_choice")
    if not isinstance(choice, Unset):
        keys = (*settings.keys, "tool_choice")
        problem = tool_choice_problem(settings.document, keys, choice, tools)
        if problem is not None:
            yield problem


def _display_names(scope: Scope) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for key, field in scope.agents.items():
        name = display_name(key, scope)
        if name in seen:
            message = f"the agents '{seen[name]}' and '{key}' are both shown as '{name}'"
            yield field.document.problem(field.key_place, "duplicate-name", message)
        seen.setdefault(name, key)
