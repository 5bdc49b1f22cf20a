"""Which agents have real sandboxes, and stand-ins for the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents import Agent, RunConfig

from yamlagents.sdk.sandbox.capabilities import retool
from yamlagents.sdk.sandbox.config import standing_in
from yamlagents.sdk.stubs import stub
from yamlagents.spec.models.providers import OFFLINE
from yamlagents.spec.records import Spec


def boxed(
    spec: Spec,
    agents: Mapping[str, Agent[Any]],
    config: RunConfig,
    *,
    real: bool | None,
    offline: bool,
) -> RunConfig:
    """Let tools of sandboxes that are not `real` do nothing; give the configuration of runs.

    With `real` of None, they are for agents that no offline model answers for, which are none if
    all is `offline`.
    """
    having = [agent for agent in spec.agents.values() if agent.sandbox is not None]
    away = having if real is False else []
    if real is None:
        away = [one for one in having if offline or one.model.provider == OFFLINE]
    for one in away:
        retool(agents[one.key], stub)
    return standing_in(config) if len(away) == len(having) else config
