"""A tool that tells the tide."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field


class Tide(BaseModel):
    """The tide in a harbour."""

    harbour: str = Field(description="Name of the harbour.")
    high: str = Field(description="When it is high.")
    low: str = Field(description="When it is low.")


def tide(harbour: Annotated[str, "The harbour that is asked about."]) -> Tide:
    """Tell the tide in a harbour."""
    return Tide(harbour=harbour, high="noon", low="six")
