"""Whether a run is traced: the SDK sends traces to OpenAI, whichever model answers."""

from __future__ import annotations

import logging
import os
from typing import Any

from agents.tracing import get_trace_provider
from agents.tracing.processors import default_exporter, default_processor

from yamlagents.sdk.team import Team
from yamlagents.spec.models.providers import stands_in
from yamlagents.spec.variables import Unset

log = logging.getLogger("yamlagents.tracing")


def is_traced(team: Team) -> bool:
    """Tell whether a run of `team` makes traces: its file turns them on, and it is a live run.

    Where nothing could be sent, that is said instead.
    """
    if team.run.config.tracing_disabled or all(map(_stands_in, team.agents.values())):
        return False
    key = (team.run.config.tracing or {}).get("api_key")
    if isinstance(key, Unset):
        log.warning("nothing is traced: the variable of run.tracing.api_key is not set")
        return False
    # The exporter remembers a key of the environment; one that a program gave it is its own.
    if key or os.environ.get("OPENAI_API_KEY") or default_exporter().api_key or not _is_exported():
        return True
    log.warning("nothing is traced: OPENAI_API_KEY, which traces are sent with, is not set")
    return False


def _stands_in(agent: Any) -> bool:
    return stands_in(str(getattr(agent.model, "model", "")))


def _is_exported() -> bool:
    """Tell whether traces go to OpenAI, and not only to processors that a program has set."""
    # The list is private; where it cannot be seen, the default is likely.
    processors = getattr(getattr(get_trace_provider(), "_multi_processor", None), "_processors", ())
    return not processors or default_processor() in processors
