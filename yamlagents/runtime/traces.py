"""Whether a run is traced, and who is told: the SDK's default is OpenAI, whoever answers."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from typing import Any

from agents.tracing import Span, Trace, TracingProcessor, get_trace_provider
from agents.tracing.processors import default_exporter, default_processor
from agents.tracing.provider import SynchronousMultiTracingProcessor

from yamlagents.sdk.team import Team
from yamlagents.spec.models.providers import stands_in
from yamlagents.spec.variables import Unset

log = logging.getLogger("yamlagents.tracing")

# Who is told of the traces that begin here; nobody in particular where it is empty.
_told: ContextVar[tuple[TracingProcessor, ...]] = ContextVar("told", default=())


def is_traced(team: Team) -> bool:
    """Tell whether a run of `team` makes traces: its file turns them on, and it is a live run.

    Where nothing could be sent, that is said instead.
    """
    if team.run.config.tracing_disabled or all(map(_stands_in, team.agents.values())):
        return False
    if team.run.processors:
        return True
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
    processors = [*_processors()]
    # Where the list cannot be seen, the default is likely.
    return not processors or default_processor() in processors


def _processors() -> Iterator[TracingProcessor]:
    """Give those of the program, as far as the SDK's private list of them can be seen."""
    for one in _listed(get_trace_provider()):
        yield from _listed(one.others, "_processors") if isinstance(one, _Router) else (one,)


def _listed(holder: object, *names: str) -> Sequence[TracingProcessor]:
    for name in names or ("_multi_processor", "_processors"):
        holder = getattr(holder, name, ())
    return holder if isinstance(holder, Sequence) else ()


def tell(processors: tuple[TracingProcessor, ...]) -> None:
    """Let these alone be told of the traces that begin from here on, if there are any."""
    _told.set(processors)
    provider = get_trace_provider()
    if processors and not any(isinstance(one, _Router) for one in _listed(provider)):
        # A program may set its own at any time, which then are all.
        provider.set_processors([_Router(_listed(provider))])


class _Router(TracingProcessor):
    """Hands each trace to whom the run it is of names, and any other to those of the program.

    The SDK has one list for the whole program, in which runs of several files may go on.
    """

    def __init__(self, others: Sequence[TracingProcessor]) -> None:
        self.others = _all(others)
        self._by_trace: dict[str, TracingProcessor] = {}
        self._own: dict[tuple[int, ...], TracingProcessor] = {}

    def on_trace_start(self, trace: Trace) -> None:
        own = _told.get()
        if own:
            key = tuple(map(id, own))
            self._by_trace[trace.trace_id] = self._own.setdefault(key, _all(own))
        self._of(trace).on_trace_start(trace)

    def on_trace_end(self, trace: Trace) -> None:
        self._of(trace).on_trace_end(trace)
        self._by_trace.pop(trace.trace_id, None)

    def on_span_start(self, span: Span[Any]) -> None:
        self._of(span).on_span_start(span)

    def on_span_end(self, span: Span[Any]) -> None:
        self._of(span).on_span_end(span)

    def shutdown(self) -> None:
        for one in (self.others, *self._own.values()):
            one.shutdown()

    def force_flush(self) -> None:
        for one in (self.others, *self._own.values()):
            one.force_flush()

    def _of(self, told: Trace | Span[Any]) -> TracingProcessor:
        return self._by_trace.get(told.trace_id, self.others)


def _all(processors: Sequence[TracingProcessor]) -> TracingProcessor:
    """Give one for all of them, which logs what one of them raises."""
    found = SynchronousMultiTracingProcessor()  # type: ignore[no-untyped-call]  # the SDK's
    found.set_processors(list(processors))
    return found
