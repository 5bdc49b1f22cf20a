"""The name of the model that answers for an agent."""

from __future__ import annotations

from typing import Any

from agents import Agent

from yamlagents.sdk.team import Team


def model_name(team: Team, agent: Agent[Any]) -> str:
    """Give the name of the model that answers for `agent`: `offline/match` when that stands in."""
    spec = team.spec_of(agent)
    declared = spec.model.model if spec is not None else "unknown"
    return str(getattr(agent.model, "model", declared))
