"""A model with others that stand in for it when it fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from agents import Model, ModelResponse, ModelSettings
from agents.items import TResponseStreamEvent
from agents.run_internal.model_retry import get_response_with_retry, stream_response_with_retry

from yamlagents.sdk.models.attempts import Candidate, Make, Request, Tried
from yamlagents.sdk.models.causes import EXPECTED
from yamlagents.sdk.models.prices import price_of
from yamlagents.sdk.models.settings import PER_REQUEST, model_settings
from yamlagents.sdk.models.wrapped import WrappedModel, answered_by
from yamlagents.spec.problem import SpecError
from yamlagents.spec.records import AgentSpec

# Events of a stream that say nothing yet.
_OPENING = ("response.created", "response.in_progress")


@dataclass(frozen=True)
class _Answered:
    """Which model of a line gave the last reply, and which failed before it."""

    line: FallbackModel
    model: Model
    tried: Tried


# A run asks one model at a time, in a task of its own.
_answered: ContextVar[_Answered | None] = ContextVar("answered", default=None)


class FallbackModel(WrappedModel):
    """Asks the first of `line`, and where that fails the next one that is there for the failure.

    Each request begins with the first again. `agent` is the name of whose model this is. Retries
    and timeouts are of each candidate, so the settings of the agent have none.
    """

    def __init__(self, line: Sequence[Candidate], *, asked: ModelSettings, agent: str) -> None:
        super().__init__(line[0].model)
        self.agent = agent
        self._line = line
        # The settings of requests in which nothing has been changed by the run.
        self._asked = asked

    @property
    def answered(self) -> str:
        """The name of the model that gave the last reply of the run that asks this."""
        return answered_by(self._last())

    @property
    def tried(self) -> Tried:
        """The models that failed before that one, in order, each with its failure."""
        found = _answered.get()
        return found.tried if found is not None and found.line is self else ()

    def cost(self, usage: Any) -> tuple[float | None, str | None]:
        """Give the price of a request, as the model that gave the last reply does."""
        return price_of(self._last(), usage)

    def get_retry_advice(self, request: Any) -> None:
        """Give none: what is to be retried has been."""

    async def close(self) -> None:
        """Close the models that were asked."""
        for candidate in self._made():
            await candidate.model.close()

    async def _cleanup_on_run_end(self, owner: object) -> None:
        for candidate in self._made():
            await candidate.model._cleanup_on_run_end(owner)

    def _supports_default_prompt_cache_key(self) -> bool:
        return False  # the key would go to all

    async def get_response(
        self,
        system_instructions: str | None,
        input: Any,
        model_settings: ModelSettings,
        tools: Any,
        *args: Any,
        **options: Any,
    ) -> ModelResponse:
        """Ask for a whole reply. Raises `FallbackError` if the last model that was asked failed."""
        request = Request(self.agent, self._line, tools, options)
        while True:
            candidate = request.at
            settings = self._settings(candidate, model_settings)
            try:
                model = candidate.model
                reply = await get_response_with_retry(
                    get_response=partial(
                        model.get_response,
                        *(system_instructions, input, settings, tools, *args),
                        **options,
                    ),
                    **request.retrying(candidate),
                )
            except (*EXPECTED, SpecError) as error:
                request.failed(error)
                continue
            _answered.set(_Answered(self, model, tuple(request.tried)))
            return reply

    async def stream_response(
        self,
        system_instructions: str | None,
        input: Any,
        model_settings: ModelSettings,
        tools: Any,
        *args: Any,
        **options: Any,
    ) -> AsyncIterator[TResponseStreamEvent]:
        """Ask for a stream. What has begun to speak is not replaced any more."""
        request = Request(self.agent, self._line, tools, options)
        while True:
            candidate = request.at
            settings = self._settings(candidate, model_settings)
            held: dict[str, TResponseStreamEvent] = {}
            spoke = False
            try:
                model = candidate.model
                stream = stream_response_with_retry(
                    get_stream=partial(
                        model.stream_response,
                        *(system_instructions, input, settings, tools, *args),
                        **options,
                    ),
                    **request.retrying(candidate),
                )
                async with aclosing(stream) as events:
                    async for event in events:
                        if not spoke and event.type in _OPENING:
                            held[event.type] = event
                            continue
                        if not spoke:
                            spoke = True
                            _answered.set(_Answered(self, model, tuple(request.tried)))
                            for opening in held.values():
                                yield opening
                        yield event
                return
            except (*EXPECTED, SpecError) as error:
                request.failed(error, final=spoke)

    def _last(self) -> Model:
        found = _answered.get()
        return found.model if found is not None and found.line is self else self.inner

    def _made(self) -> list[Candidate]:
        return [candidate for candidate in self._line if candidate.is_made]

    def _settings(self, candidate: Candidate, asked: ModelSettings) -> ModelSettings:
        """Give the candidate's settings, with what the run has changed of the agent's."""
        changed = {
            field.name: _changed(
                getattr(candidate.settings, field.name), asked, self._asked, field.name
            )
            for field in fields(ModelSettings)
            if field.name not in PER_REQUEST
            and getattr(asked, field.name) != getattr(self._asked, field.name)
        }
        return replace(candidate.settings, **changed)


def _changed(own: Any, asked: ModelSettings, before: ModelSettings, name: str) -> Any:
    now, then = getattr(asked, name), getattr(before, name)
    if not isinstance(now, dict):
        return now
    known = then or {}
    new = {key: value for key, value in now.items() if known.get(key) != value}
    return {**(own or {}), **new}


def answering(
    agent: AgentSpec, make: Make, of_runs: Mapping[str, Any], root: Path
) -> tuple[Model, ModelSettings]:
    """Give the model that answers for `agent`, with all that stand in for it, and its settings.

    `make` gives the model of a spec; `of_runs` are the model settings of runs. Code of settings is
    imported from below `root`.
    """
    settings = model_settings(agent, agent.model, of_runs, root)
    if not agent.model.fallbacks:
        return make(agent.model), settings
    line = [Candidate(agent.model, settings, (), make)]
    for fallback in agent.model.fallbacks:
        own = model_settings(agent, fallback.model, of_runs, root)
        line.append(Candidate(fallback.model, own, fallback.on, make))
    asked = replace(settings, **dict.fromkeys(PER_REQUEST))
    return FallbackModel(line, asked=asked, agent=agent.name), asked
