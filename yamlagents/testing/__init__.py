"""Proof without a key: every agent exercised."""

from yamlagents.testing.smoke import Coverage, Smoked, smoke

__all__ = ["Coverage", "Smoked", "smoke"]
