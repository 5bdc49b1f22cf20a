"""Who answers: from a model's spec to an SDK `Model`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Literal, cast

from agents import Model

from yamlagents.sdk.environment import quiet_litellm
from yamlagents.sdk.offline import OfflineModel
from yamlagents.spec.problem import SpecError
from yamlagents.spec.providers import OFFLINE
from yamlagents.spec.records import ModelSpec

Models = Callable[[ModelSpec], Model]

_LIVE = "yamlagents.sdk.litellm"


def by_name(spec: ModelSpec) -> Model:
    """Answer as the file says: `offline/...` by the offline model, anything else by LiteLLM."""
    return offline(spec) if spec.provider == OFFLINE else live(spec)


def offline(spec: ModelSpec) -> Model:
    """Answer without key or network: by the policy the file names, else `offline/match`.

    Raises ValueError for a policy that there is not.
    """
    policy = spec.model.partition("/")[2] if spec.provider == OFFLINE else "match"
    return OfflineModel(cast(Literal["match", "sweep"], policy))


def live(spec: ModelSpec) -> Model:
    """Answer by LiteLLM, which is imported only here: it takes longer than all the rest.

    Raises `SpecError` if the model's key or address hangs on a variable that is not set.
    """
    if spec.obstacles:
        raise SpecError(spec.obstacles)
    quiet_litellm()
    module = importlib.import_module(_LIVE)
    return cast(Model, module.GuardedModel(spec.model, spec.base_url, spec.api_key))


async def release() -> None:
    """Close what live models keep open for the running event loop, before the loop ends."""
    if _LIVE in sys.modules:
        await sys.modules[_LIVE].close_clients()
