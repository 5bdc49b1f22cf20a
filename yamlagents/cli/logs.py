"""Log records as lines on stderr: tools that raised, and what the SDK warns of."""

from __future__ import annotations

import logging
import sys

from yamlagents.runtime.redaction import Redaction


class _Handler(logging.Handler):
    def __init__(self, redact: Redaction) -> None:
        super().__init__()
        self._redact = redact

    def emit(self, record: logging.LogRecord) -> None:
        sys.stdout.flush()
        sys.stderr.write(f"{self._redact.text(self.format(record))}\n")
        sys.stderr.flush()


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether nothing else tells it: what a model fails with ends a run, or is replaced."""
    return not record.getMessage().startswith(
        ("Error getting response", "Error streaming response")
    )


def set_up(redact: Redaction) -> None:
    """Write warnings and errors of yamlagents and of the SDK to stderr, without secrets."""
    handler = _Handler(redact)
    handler.addFilter(_is_news)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    for name in ("yamlagents", "openai.agents"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.WARNING)
