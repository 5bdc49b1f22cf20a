"""What the project's functions give to the SDK, which is told if it is not what is wanted."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

from agents import HandoffInputData, ToolsToFinalOutputResult
from agents.retry import RetryDecision
from agents.run_config import ModelInputData

from yamlagents.sdk import code
from yamlagents.spec.code.records import CodeSpec


def _of(*kinds: type[Any]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds)


def _is_kept(value: Any) -> bool:
    """Tell whether the SDK can keep this with a call: JSON, in a mapping with names."""
    if not isinstance(value, Mapping):
        return value is None
    try:
        json.dumps(dict(value), allow_nan=False)
    except (TypeError, ValueError):
        return False
    return all(isinstance(key, str) for key in value)


_FILTERED = (_of(HandoffInputData), "a HandoffInputData of the SDK")
# By the keys of files, what their functions have to give, also in words.
_WANTED: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "policy": (_of(bool, RetryDecision), "True, False, or a RetryDecision of the SDK"),
    "tool_use_behavior": (
        _of(ToolsToFinalOutputResult),
        "a ToolsToFinalOutputResult of the SDK",
    ),
    "input_filter": _FILTERED,
    "handoff_input_filter": _FILTERED,
    "handoff_history_mapper": (_of(list), "a list of items"),
    "call_model_input_filter": (_of(ModelInputData), "a ModelInputData of the SDK"),
    "custom_data_extractor": (_is_kept, "None, or a mapping by names of what JSON can hold"),
    "custom_output_extractor": (lambda value: value is not None, "a text"),
}
# What the SDK does not await.
_AT_ONCE = ("handoff_history_mapper",)


def checked(options: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Have functions among the `options` say so where they give what is not wanted.

    `given` are the same options as the file has them. What is awaited may be async, or not.
    """
    return {
        key: _checked(key, value, given[key])
        if key in _WANTED and isinstance(given.get(key), CodeSpec) and callable(value)
        else value
        for key, value in options.items()
    }


def _checked(key: str, function: Callable[..., Any], spec: CodeSpec) -> Callable[..., Any]:
    fits, wanted = _WANTED[key]

    def fitting(value: Any) -> Any:
        if not fits(value):
            raise code.misgiven(spec, value, wanted)
        return value

    if key in _AT_ONCE:

        @functools.wraps(function)
        def called(*args: Any) -> Any:
            return fitting(function(*args))

        return called

    @functools.wraps(function)
    async def awaited(*args: Any) -> Any:
        value = function(*args)
        return fitting(await value if inspect.isawaitable(value) else value)

    return awaited
