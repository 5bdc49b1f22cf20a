"""What only OpenAI's Responses API has, given to an agent that another API may answer for."""

from __future__ import annotations

from collections.abc import Iterator

from yamlagents.spec.models.providers import OFFLINE
from yamlagents.spec.models.references import Reference, line, model_of_agent
from yamlagents.spec.problem import Place, Problem
from yamlagents.spec.sandbox.capabilities import OF_RESPONSES, kinds
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.tools.names import opened, tool_items

# Keys of a function tool that no other API knows.
TOOL_KEYS = ("defer_loading", "allowed_callers", "output_type", "output_json_schema")


def responses_problems(name: str, fields: dict[str, Field], scope: Scope) -> Iterator[Problem]:
    """Give a problem for each thing of the agent `name` that one of its models does not know."""
    wanting = [(what, field, place) for what, field, place in _wanting(fields, scope)]
    model = model_of_agent(fields, scope) if wanting else None
    lacking = next(_lacking(model, scope), None) if model is not None else None
    if lacking is None:
        return
    role = "fallback" if lacking.is_fallback else "model"
    for what, field, place in wanting:
        message = f"{what} of the agent '{name}' needs OpenAI's Responses API"
        said = f"{message}, which its {role} '{lacking.label(scope)}' does not speak"
        hint = _hint(field)
        yield field.document.problem(place, "needs-responses", said, hint=hint)


def _hint(field: Field) -> str:
    declare = "declare its model under models, with provider: openai_responses"
    if "sandbox" not in field.keys:
        return declare
    return f"give the sandbox capabilities: [shell], or {declare}"


def _lacking(model: Field, scope: Scope) -> Iterator[Reference]:
    """Give the models of an agent that speak to another API."""
    for reference in line(model, scope):
        offline = reference.label(scope).startswith(f"{OFFLINE}/")
        if reference.backend(scope) in ("litellm", "openai_chat") and not offline:
            yield reference


def _wanting(fields: dict[str, Field], scope: Scope) -> Iterator[tuple[str, Field, Place]]:
    """Give what needs the Responses API: in words, and where it is said."""
    prompt = fields.get("prompt")
    if prompt is not None and prompt.value is not None:
        yield "'prompt'", prompt, prompt.key_place
    for item in tool_items(fields, scope):
        yield from _of_tool(item, scope)
    yield from _of_sandbox(fields)


def _of_sandbox(fields: dict[str, Field]) -> Iterator[tuple[str, Field, Place]]:
    sandbox = fields.get("sandbox")
    if sandbox is None or not isinstance(sandbox.value, dict):
        return
    found = [(item, kind) for item, kind in kinds(sandbox) if kind in OF_RESPONSES]
    own = [item for item, _ in found if item is sandbox]
    if own:
        place = sandbox.key_place
        yield "the default of 'capabilities', with 'filesystem' and 'compaction',", sandbox, place
    for item, kind in found if not own else ():
        # What code makes of the tools, nobody knows here.
        if item.part("configure_tools").value is None:
            yield f"the capability '{kind}'", item, item.place


def _of_tool(item: Field, scope: Scope) -> Iterator[tuple[str, Field, Place]]:
    if not isinstance(item.value, dict):
        return
    for key, noun in (("hosted", "tool"), ("namespace", "namespace")):
        name = item.part(key).text
        if name is not None:
            yield f"the {noun} '{name}'", item, item.place
    if "hosted" not in item.value:
        for key in TOOL_KEYS:
            if item.value.get(key):
                yield f"'{key}' of a tool", item, item.part(key).key_place
    for inner in item.part("tools").items():
        for tool in opened(inner, scope):
            yield from _of_tool(tool, scope)
