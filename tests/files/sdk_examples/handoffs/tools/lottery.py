"""Drawing numbers, and what is handed over of the talk about them."""

from __future__ import annotations

from typing import Any

from agents import HandoffInputData
from agents.extensions.handoff_filters import remove_all_tools

from yamlagents.testing.outcomes import CaseRun


def draw(highest: int) -> int:
    """Draw a number up to the highest one."""
    return highest // 2


def recent_talk(data: HandoffInputData) -> HandoffInputData:
    """Leave out what tools did, and the first message with its answer."""
    kept = remove_all_tools(data)
    history = kept.input_history
    return kept.clone(input_history=history[2:] if isinstance(history, tuple) else history)


def only_recent_talk_was_left(run: CaseRun) -> tuple[bool, str]:
    wanted = [
        "Draw a number up to 50.",
        "It is 25.",
        "I live in Porto. How many people do?",
        "About 250000.",
        "Fale português. Como me chamo e onde moro?",
        "O seu nome não sei, mas mora no Porto.",
    ]
    return _left(run) == wanted, f"it was {_left(run)}"


def only_the_draw_was_left_out(run: CaseRun) -> tuple[bool, str]:
    left = _left(run)
    return left[:3] == ["My name is Inês.", "Hello!", "Draw a number up to 50."], f"it was {left}"


def nothing_but_the_end_was_left(run: CaseRun) -> tuple[bool, str]:
    wanted = ["Fale português. Quem é?", "Sou o seu assistente."]
    return _left(run) == wanted, f"it was {_left(run)}"


def _left(run: CaseRun) -> list[str]:
    """Give what is left of the conversation; a call or a handoff by its type."""
    assert run.result is not None
    return [_said(item) for item in run.result.history]


def _said(item: dict[str, Any]) -> str:
    content = item.get("content", item.get("type"))
    return content if isinstance(content, str) else "".join(part["text"] for part in content or ())
