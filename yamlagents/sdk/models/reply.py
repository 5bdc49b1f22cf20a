"""A reply that is not one: cut, empty or unreadable, whoever gave it."""

from __future__ import annotations

from agents import ModelBehaviorError


class ReplyError(ModelBehaviorError):
    """A reply that may not pass for an answer; `code` is a slug of docs/problems.md."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
