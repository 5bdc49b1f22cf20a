"""Who answers: from a model's spec to an SDK `Model`."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Protocol, cast

from agents import Model, Usage

from yamlagents.sdk.environment import quiet_litellm
from yamlagents.sdk.offline import OfflineModel
from yamlagents.spec.providers import OFFLINE
from yamlagents.spec.records import ModelSpec

Models = Callable[[ModelSpec], Model]


class Priced(Protocol):
    """A model that knows what a request cost."""

    def cost(self, usage: Usage) -> tuple[float | None, str | None]:
        """Give the price of one request in USD, or None with the reason."""


def by_name(spec: ModelSpec) -> Model:
    """Answer as the file says: `offline/...` by the offline model, anything else by LiteLLM."""
    return offline(spec) if spec.provider == OFFLINE else live(spec)


def offline(spec: ModelSpec) -> Model:
    """Answer without key or network: by the policy the file names, else `offline/match`."""
    policy = spec.model.partition("/")[2] if spec.provider == OFFLINE else "match"
    return OfflineModel("sweep" if policy == "sweep" else "match")


def live(spec: ModelSpec) -> Model:
    """Answer by LiteLLM, which is imported only here: it takes longer than all the rest."""
    quiet_litellm()
    module = importlib.import_module("yamlagents.sdk.litellm")
    return cast(Model, module.GuardedModel(spec.model, spec.base_url, spec.api_key))
