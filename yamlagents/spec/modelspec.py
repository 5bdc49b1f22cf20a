"""A model as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yamlagents.spec.problem import Place, Problem
from yamlagents.spec.variables import Unset


@dataclass(frozen=True)
class ModelSpec:
    """A model: its LiteLLM string, how to reach it, and its settings under the SDK's names."""

    model: str
    place: Place = field(compare=False, repr=False)
    name: str | None = None
    api_key: str | None = field(default=None, repr=False)
    # Neither is shown: headers and addresses bear keys as well.
    base_url: str | None = field(default=None, repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    # By field, the variable that has to be set before this model can be asked.
    missing: Mapping[str, Problem] = field(default_factory=dict, compare=False, repr=False)

    @property
    def obstacles(self) -> list[Problem]:
        """What stands in the way of asking this model, with what is in its fields now."""
        waiting = [key for key in self.missing if isinstance(getattr(self, key), Unset)]
        return [self.missing[key] for key in waiting]

    @property
    def provider(self) -> str:
        """The part before the first slash: 'openai' of 'openai/gpt-4.1'."""
        return self.model.partition("/")[0]
