"""What `run` says across a file and its includes, and which keys of it hold code."""

from __future__ import annotations

from yamlagents.spec.code import coderefs
from yamlagents.spec.code.entrypoints import CODE, HOOKS, called
from yamlagents.spec.scope import Field, Scope, over

# The keys of `run` that may hold code. Text is a message in the last one, data a context.
CODE_KEYS = {
    "hooks": HOOKS,
    "model_provider": CODE,
    "context": called(),
    "handoff_input_filter": called("data"),
    "handoff_history_mapper": called("items"),
    "session_input_callback": called("history", "new_items"),
    "call_model_input_filter": called("data"),
    "tool_error_formatter": called("args"),
    "output_guardrail_blocked_message": CODE,
}
GUARDRAILS = ("input_guardrails", "output_guardrails")


def run_fields(scope: Scope) -> dict[str, Field]:
    """Give the keys of `run`: those of the nearest file over those of the files it includes.

    Mappings are merged key by key, code, lists and single values are not, as with `extends`.
    """
    fields: dict[str, Field] = {}
    for document in scope.documents:
        for key, value in document.mapping("run").items():
            if not key.startswith("x-"):
                field = Field(document, ("run", key), value)
                fields[key] = over(fields[key], field) if key in fields else field
    return fields


def parts(field: Field | None) -> dict[str, Field]:
    """Give the keys of a mapping, without the file's own `x-*` keys; none of anything else."""
    data = field.value if field is not None and isinstance(field.value, dict) else {}
    names = (name for name in data if not name.startswith("x-"))
    return {name: field.part(name) for name in names} if field is not None else {}


# What a conversation that OpenAI keeps is continued by.
CONVERSATION = ("previous_response_id", "auto_previous_response_id", "conversation_id")


def is_code(field: Field) -> bool:
    """Tell whether a key of `run` holds code: an entry point, or a mapping with `use`."""
    key = field.keys[-1]
    if key not in CODE_KEYS or not coderefs.names_code(field):
        return False
    # A message may well have a colon in it.
    return key != "output_guardrail_blocked_message" or isinstance(field.value, dict)
