"""A model as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yamlagents.spec.problem import Place


@dataclass(frozen=True)
class ModelSpec:
    """A model: its LiteLLM string, how to reach it, and its settings under the SDK's names."""

    model: str
    place: Place = field(compare=False, repr=False)
    name: str | None = None
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def provider(self) -> str:
        """The part before the first slash: 'openai' of 'openai/gpt-4.1'."""
        return self.model.partition("/")[0]
