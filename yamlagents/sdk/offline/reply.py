"""What the offline model is asked, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from yamlagents.sdk.offline.conversation import Conversation
from yamlagents.sdk.offline.offer import Offer

OPENING = "Offline model:"


@dataclass(frozen=True)
class Request:
    """One model call, with what the settings allow already worked out."""

    conversation: Conversation
    offers: tuple[Offer, ...]
    calling: Literal["auto", "none", "required"] = "auto"
    forced: str | None = None
    """The one tool or handoff that must be called now."""
    one_at_a_time: bool = False
    output_schema: Mapping[str, Any] | None = None
    """The schema of a structured answer; None for plain text."""

    @property
    def open_offers(self) -> tuple[Offer, ...]:
        """The tools, and the handoffs not taken since the last user message."""
        taken = {call.name for call in self.conversation.calls}
        return tuple(o for o in self.offers if not o.is_handoff or o.name not in taken)


@dataclass(frozen=True)
class PlannedCall:
    """A call that the model makes."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """Calls to make, or else a text to say."""

    text: str = ""
    calls: tuple[PlannedCall, ...] = ()
