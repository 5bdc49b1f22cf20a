"""Model settings: from plain data to the SDK's `ModelSettings`, retries and defaults included."""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps
from inspect import isawaitable
from pathlib import Path
from typing import Any, cast

from agents import ModelRetrySettings, ModelSettings, retry_policies
from agents.retry import RetryDecision, RetryPolicy, RetryPolicyContext

from yamlagents.sdk import code
from yamlagents.sdk.nested import another_request
from yamlagents.sdk.results import checked
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.models.settings import RETRY_ARGS
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.records import AgentSpec, ModelSpec

# Settings that the SDK's runner applies to each request. A fallback's are its own.
PER_REQUEST = ("retry", "timeout")
DEFAULT_RETRY_ON: tuple[str | int, ...] = ("network_error", "provider_suggested", 429, "5xx")
_CLASSES = {"4xx": range(400, 500), "5xx": range(500, 600)}


def model_settings(
    agent: AgentSpec, model: ModelSpec, of_runs: Mapping[str, Any], root: Path
) -> ModelSettings:
    """Build the settings of an agent where `model`, its own or a fallback, answers for it.

    They are its own over the model's, with usage asked for in streams. Of those of runs, which win,
    they have what is done for each request by itself. Raises `SpecError` for code that is no policy
    of retries.
    """
    per_request = {key: of_runs[key] for key in PER_REQUEST if key in of_runs}
    given = {"include_usage": True, **agent.settings_with(model), **per_request}
    retry = given.get("retry")
    if retry is not None and retry.get("policy") is not None:
        given["retry"] = {**retry, "policy": _function(retry["policy"], root)}
    is_litellm = model.backend == "litellm" and model.code is None
    return settings_of(given, retries_below=is_litellm)


def settings_of(given: Mapping[str, Any], *, retries_below: bool = False) -> ModelSettings:
    """Build settings of plain data, in which retries are in the form of the files, code made.

    With `retry`, those of LiteLLM `retries_below` are off: two layers of retries multiply.
    """
    data = dict(given)
    retry = data.get("retry")
    if retry is not None:
        data["retry"] = _retry(retry)
    if retry is not None and retries_below:
        free = data.get("extra_args") or {}
        others = {key: value for key, value in free.items() if key not in RETRY_ARGS}
        data["extra_args"] = {**others, "max_retries": 0}
    return ModelSettings(**data)


def _function(spec: CodeSpec, root: Path) -> RetryPolicy:
    found: Any = code.made(spec, root)
    if callable(found):
        return cast(RetryPolicy, checked({"policy": found}, {"policy": spec})["policy"])
    message = f"'{spec.point.text}' is a {type(found).__name__}, not a function"
    raise SpecError([Problem(spec.place, "error", "wrong-kind", message)])


def _retry(data: dict[str, Any]) -> ModelRetrySettings:
    own = data.get("policy")
    policies = [own] if own is not None else []
    if "on" in data or not policies:
        policies += _policies(data.get("on") or DEFAULT_RETRY_ON)
    return ModelRetrySettings(
        max_retries=data["max_retries"],
        backoff=data.get("backoff"),
        policy=_counted(retry_policies.any(*policies)),
    )


def _counted(policy: RetryPolicy) -> RetryPolicy:
    """Tell the run around of each retry before it is made, so that it can count, and refuse."""

    @wraps(policy)  # which also keeps what the SDK has noted on it
    async def decide(context: RetryPolicyContext) -> bool | RetryDecision:
        found = policy(context)
        decision = await found if isawaitable(found) else found
        if decision.retry if isinstance(decision, RetryDecision) else decision:
            another_request()
        return decision

    return decide


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
