"""Model settings: from plain data to the SDK's `ModelSettings`, retries and defaults included."""

from __future__ import annotations

from typing import Any

from agents import ModelRetrySettings, ModelSettings, retry_policies
from agents.retry import RetryPolicy

from yamlagents.spec.records import AgentSpec
from yamlagents.spec.settings import RETRY_ARGS

DEFAULT_RETRY_ON: tuple[str | int, ...] = ("network_error", "provider_suggested", 429, "5xx")
_CLASSES = {"4xx": range(400, 500), "5xx": range(500, 600)}


def model_settings(agent: AgentSpec) -> ModelSettings:
    """Build the settings of an agent: its own over its model's, with usage asked for in streams.

    With `retry`, LiteLLM's own retries are off: two layers of retries multiply.
    """
    data: dict[str, Any] = {"include_usage": True, **agent.settings}
    retry = data.get("retry")
    if retry is not None:
        data["retry"] = _retry(retry)
        free = data.get("extra_args") or {}
        others = {key: value for key, value in free.items() if key not in RETRY_ARGS}
        data["extra_args"] = {**others, "max_retries": 0}
    return ModelSettings(**data)


def _retry(data: dict[str, Any]) -> ModelRetrySettings:
    return ModelRetrySettings(
        max_retries=data["max_retries"],
        backoff=data.get("backoff"),
        policy=retry_policies.any(*_policies(data.get("on") or DEFAULT_RETRY_ON)),
    )


def _policies(causes: tuple[str | int, ...] | list[str | int]) -> list[RetryPolicy]:
    statuses: list[int] = []
    policies: list[RetryPolicy] = []
    for cause in causes:
        if isinstance(cause, int):
            statuses.append(cause)
        elif cause in _CLASSES:
            statuses += _CLASSES[cause]
        else:
            policies.append(getattr(retry_policies, cause)())
    return [*policies, retry_policies.http_status(statuses)] if statuses else policies
