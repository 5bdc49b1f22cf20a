"""Names that point elsewhere: to agents, models, tools, prompt files and code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from yamlagents.spec.files import file_problem
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.project import target_of
from yamlagents.spec.providers import KNOWN, OFFLINE, OFFLINE_POLICIES
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.toolchoice import tool_choice_problem
from yamlagents.spec.toolnames import named_tools
from yamlagents.spec.variables import Unset

MAX_PROMPT_BYTES = 1024 * 1024


def reference_problems(scope: Scope) -> Iterator[Problem]:
    """Give a problem for each reference of the scope that leads nowhere or may not be followed."""
    yield from _entry(scope)
    for field in scope.models.values():
        yield from _model_string(_part(field, "model"))
    run_model = scope.setting("run", "model")
    if run_model is not None:
        yield from model_problems(run_model, scope)
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
    if entry is not None and scope.agents:
        yield from unknown_agent(entry, scope)


def unknown_agent(field: Field, scope: Scope) -> Iterator[Problem]:
    """Give a problem where `field` names an agent that there is not."""
    name = field.value
    known = not isinstance(name, str) or isinstance(name, Unset) or name in scope.agents
    if scope.complete and not known:
        near = suggestion(name, scope.agents)
        hint = None if near else f"the agents are {', '.join(list(scope.agents)[:10])}"
        yield field.problem("unknown-agent", f"there is no agent '{shortened(name)}'{near}", hint)


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
    yield from _handoffs(fields, scope)
    yield from _tools(name, fields, scope)


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


def _handoffs(fields: dict[str, Field], scope: Scope) -> Iterator[Problem]:
    handoffs = fields.get("handoffs")
    for item in handoffs.items() if handoffs is not None else ():
        yield from unknown_agent(item, scope)


def _tools(name: str, fields: dict[str, Field], scope: Scope) -> Iterator[Problem]:
    named: dict[str, Field] = {}
    complete = True
    for tool in named_tools(fields, scope):
        yield from filter(None, (tool.problem,))
        complete = complete and tool.name is not None
        yield from _claim(named, tool.name, tool.field, "give one of them a name_override")
    handed, known = _handoff_tools(fields, scope)
    for handed_to, item in handed:
        hint = f"a handoff is a tool to the model; give '{item.value}' another name"
        yield from _claim(named, handed_to, item, hint)
    if complete and known:
        shown = {tool: _is_enabled(item) for tool, item in named.items()}
        yield from filter(None, (tool_choice_problem(name, scope, shown),))


def _handoff_tools(fields: dict[str, Field], scope: Scope) -> tuple[list[tuple[str, Field]], bool]:
    """Give the tools of an agent's handoffs by name, and whether these are all.

    Agents of one display name are told of elsewhere, and so is an agent that is listed twice.
    """
    tools: list[tuple[str, Field]] = []
    shown: set[str] = set()
    known = True
    handoffs = fields.get("handoffs")
    for item in handoffs.items() if handoffs is not None else ():
        if not isinstance(item.value, str) or item.value not in scope.agents:
            known = False
            continue
        name = display_name(item.value, scope)
        if name not in shown:
            tools.append((handoff_tool_name(name), item))
        shown.add(name)
    return tools, known


def _is_enabled(item: Field) -> bool:
    return not isinstance(item.value, dict) or item.value.get("is_enabled") is not False


def _claim(
    named: dict[str, Field], tool_name: str | None, item: Field, hint: str
) -> Iterator[Problem]:
    """Tell of a second tool of one name: the SDK would drop one of them with a vague warning."""
    if tool_name is None:
        return
    if tool_name in named:
        message = f"a second tool called '{tool_name}'; the first is at {named[tool_name].place}"
        yield item.problem("duplicate-tool", message, hint)
    named.setdefault(tool_name, item)


def _display_names(scope: Scope) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for key, field in scope.agents.items():
        name = display_name(key, scope)
        if name in seen:
            message = f"the agents '{seen[name]}' and '{key}' are both shown as '{name}'"
            own = field.document.get(*field.keys, "name")
            place = field.key_place if own is None else field.document.place(*field.keys, "name")
            yield field.document.problem(
                place, "duplicate-name", message, hint="rename one of them"
            )
        seen.setdefault(name, key)
