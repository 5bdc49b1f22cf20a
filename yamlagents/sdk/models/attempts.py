"""One request on its way along a line of models: which is asked, and which failed before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from agents import AgentsException, Model, ModelSettings, ProgrammaticToolCallingTool

from yamlagents.sdk.models.causes import is_cause
from yamlagents.sdk.nested import another_request, fell_back
from yamlagents.spec.models.records import Cause
from yamlagents.spec.problem import SpecError
from yamlagents.spec.records import ModelSpec

# Makes a model of its spec.
Make = Callable[[ModelSpec], Model]
# Models that failed, in order, each with its failure.
Tried = Sequence[tuple[ModelSpec, Exception]]


class Candidate:
    """One of the models of a line, made when it is first asked.

    `settings` are what the file says for it; `on` are the failures of those before it that it is
    asked for.
    """

    def __init__(
        self,
        spec: ModelSpec,
        settings: ModelSettings,
        on: Sequence[Cause],
        make: Make,
    ) -> None:
        self.spec = spec
        self.settings = settings
        self.on = on
        self._make = make

    @cached_property
    def model(self) -> Model:
        """The model. Raises `SpecError` if it cannot be made."""
        return self._make(self.spec)

    @property
    def is_made(self) -> bool:
        return "model" in self.__dict__


class FallbackError(AgentsException):
    """A request that failed although another model was asked: all that was `tried`, in order."""

    def __init__(self, tried: Tried) -> None:
        self.tried = tuple(tried)
        super().__init__("; ".join(f"{spec.model}: {error}" for spec, error in tried))


class Request:
    """One request on its way along `line`, for the agent of that name.

    `tools` and `options` are those of the SDK's models. `tried` are those that failed, in order.
    """

    def __init__(self, agent: str, line: Sequence[Candidate], tools: Any, options: Any) -> None:
        self.at = line[0]
        self._agent = agent
        self._waiting = list(line[1:])
        self.tried: list[tuple[ModelSpec, Exception]] = []
        self._cause: Exception | None = None
        # What was called by a program that goes on at the provider is not called twice.
        self._once = any(isinstance(tool, ProgrammaticToolCallingTool) for tool in tools)
        # Only the provider knows what was said before.
        self._kept = {key: options.get(key) for key in ("previous_response_id", "conversation_id")}

    def retrying(self, candidate: Candidate) -> dict[str, Any]:
        """Give what the SDK retries a request by."""
        return {
            "rewind": _nothing,
            "retry_settings": candidate.settings.retry,
            "timeout": candidate.settings.timeout,
            "get_retry_advice": candidate.model.get_retry_advice,
            "replay_unsafe_request": self._once,
            **self._kept,
        }

    def failed(self, error: Exception, *, final: bool = False) -> None:
        """Go on to the next candidate; raise `error`, or `FallbackError`, if there is none."""
        failed = self.at
        self.tried.append((failed.spec, error))
        if was_asked(error):
            self._cause = error
        bound = final or self._once or any(self._kept.values())
        while self._waiting and not bound and self._cause is not None:
            candidate = self._waiting.pop(0)
            if is_cause(self._cause, candidate.on):
                if was_asked(error):
                    another_request()
                self.at = candidate
                fell_back(self._agent, failed.spec, candidate.spec, error)
                return
        if len(self.tried) == 1:
            raise error
        raise FallbackError(self.tried) from error


def was_asked(error: Exception) -> bool:
    """Tell whether a model that failed with `error` could be made, and so was asked."""
    return not isinstance(error, SpecError)


async def _nothing() -> None:
    """Do nothing."""
