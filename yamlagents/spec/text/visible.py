"""Text with nothing in it that a terminal would obey."""

from __future__ import annotations

# Control characters, and those that turn the direction of what stands around them.
_HIDDEN = (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
VISIBLE = {code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" for code in _HIDDEN}
VISIBLE |= {10: "\\n"}


def visible(text: str) -> str:
    """Give `text` on one line, with nothing in it that a terminal would obey."""
    return text.translate(VISIBLE)
