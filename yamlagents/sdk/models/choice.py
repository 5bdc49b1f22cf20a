"""Who answers: from a model's spec to an SDK `Model`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any, Literal, cast

from agents import Model

from yamlagents.sdk.models.closing import close_held
from yamlagents.sdk.models.code import NamedModel, made_model, registered
from yamlagents.sdk.models.environment import quiet_litellm
from yamlagents.sdk.offline import OfflineModel
from yamlagents.spec.models.backends import OPENAI_BACKENDS
from yamlagents.spec.models.providers import OFFLINE
from yamlagents.spec.problem import SpecError
from yamlagents.spec.records import ModelSpec

Models = Callable[[ModelSpec], Model]

_LITELLM = "yamlagents.sdk.models.litellm"
_OPENAI = "yamlagents.sdk.models.openai"


def by_name(spec: ModelSpec) -> Model:
    """Answer as the file says: `offline/...` by the offline model, anything else for real."""
    return offline(spec) if spec.provider == OFFLINE else live(spec)


def offline(spec: ModelSpec) -> Model:
    """Answer without key or network: by the policy the file names, else `offline/match`.

    Raises ValueError for a policy that there is not.
    """
    policy = spec.model.partition("/")[2] if spec.provider == OFFLINE else "match"
    return OfflineModel(cast(Literal["match", "sweep"], policy))


def live(spec: ModelSpec) -> Model:
    """Answer by LiteLLM, by OpenAI's own API, or by code, as the file says.

    Raises `SpecError` if the model's key or address hangs on a variable that is not set, and for
    code that makes no model.
    """
    if spec.obstacles:
        raise SpecError(spec.obstacles)
    if spec.code is not None:
        return made_model(spec)
    return _by_openai(spec) if spec.backend in OPENAI_BACKENDS else _by_litellm(spec)


def _by_openai(spec: ModelSpec) -> Model:
    if spec.pricing is None:
        _litellm()  # for its list of prices
    module = importlib.import_module(_OPENAI)
    kind = module.GuardedResponses if spec.backend == "openai_responses" else module.GuardedChat
    return NamedModel(kind(spec), spec)


def _by_litellm(spec: ModelSpec) -> Model:
    module = _litellm()
    if spec.handler is None:
        model = module.GuardedModel(spec.model, spec.base_url, spec.api_key)
        model.pricing = spec.pricing
        return cast(Model, model)
    string = registered(spec, module.litellm)
    model = module.GuardedModel(string, spec.base_url, spec.api_key)
    model.known_as = spec.model
    return NamedModel(model, spec)


def _litellm() -> Any:
    """Import LiteLLM, which takes longer than all the rest."""
    quiet_litellm()
    return importlib.import_module(_LITELLM)


async def release() -> None:
    """Close what models keep open for the running event loop, before the loop ends."""
    await close_held()
    for name in (_LITELLM, _OPENAI):
        if name in sys.modules:
            await sys.modules[name].close_clients()
