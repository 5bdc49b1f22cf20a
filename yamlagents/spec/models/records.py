"""A model as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.problem import Place, Problem
from yamlagents.spec.variables import Unset

# What speaks to the provider: LiteLLM, or the SDK's own models for OpenAI's two kinds of API.
Backend = Literal["litellm", "openai_responses", "openai_chat"]
Cause = str | int
DEFAULT_FALLBACK_ON: tuple[Cause, ...] = (
    *("network_error", "timeout", "bad_reply"),
    *(408, 409, 429, "5xx"),
)


@dataclass(frozen=True)
class ProviderSpec:
    """A LiteLLM provider that the file brings along: the code of its handler."""

    name: str
    code: CodeSpec
    # The variables that have to be set before it can be made.
    obstacles: tuple[Problem, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class ModelSpec:
    """A model: its LiteLLM string, how to reach it, and its settings under the SDK's names.

    Where `code` makes the model, `model` is only what it is called. `handler` is the file's own
    LiteLLM provider for it. `pricing` is in USD per million tokens. `root` is the folder that code
    may be imported from.
    """

    model: str
    place: Place = field(compare=False, repr=False)
    name: str | None = None
    api_key: str | None = field(default=None, repr=False)
    # Neither is shown: headers and addresses bear keys as well.
    base_url: str | None = field(default=None, repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    # By field, the variable that has to be set before this model can be asked.
    missing: Mapping[str, Problem] = field(default_factory=dict, compare=False, repr=False)
    backend: Backend = "litellm"
    code: CodeSpec | None = None
    handler: ProviderSpec | None = None
    pricing: Mapping[str, float] | None = None
    # All that are tried after this one, in order, those of its fallbacks among them.
    fallbacks: tuple[Fallback, ...] = ()
    root: Path | None = field(default=None, compare=False, repr=False)

    @property
    def obstacles(self) -> list[Problem]:
        """What stands in the way of asking this model, with what is in its fields now."""
        # A key with a dot is of an argument of code.
        waiting = [
            key for key in self.missing if "." in key or isinstance(getattr(self, key), Unset)
        ]
        of_handler = self.handler.obstacles if self.handler is not None else ()
        return [*(self.missing[key] for key in waiting), *of_handler]

    @property
    def provider(self) -> str:
        """The part before the first slash: 'openai' of 'openai/gpt-4.1'; '' for one of code."""
        return "" if self.code is not None else self.model.partition("/")[0]

    @property
    def access(self) -> tuple[str | None, ...]:
        """What tells two models apart besides their settings."""
        is_own = self.code is not None or self.pricing is not None
        name = self.name if is_own else None
        return (self.model, self.base_url, self.api_key, self.backend, name)

    @property
    def line(self) -> tuple[ModelSpec, ...]:
        """This model and those that stand in for it, in order."""
        return (self, *(fallback.model for fallback in self.fallbacks))


@dataclass(frozen=True)
class Fallback:
    """A model that is asked where the one before it failed, for one of the causes `on`."""

    model: ModelSpec
    on: tuple[Cause, ...] = DEFAULT_FALLBACK_ON
