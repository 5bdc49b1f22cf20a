"""Instructions that depend on the context, and what the model was told in the end."""

from __future__ import annotations

from typing import Any

from agents import Agent, RunContextWrapper, RunHooks
from agents.items import TResponseInputItem

from yamlagents.testing.outcomes import CaseRun

VOICES = {"sailor": "Talk like a sailor.", "poet": "Talk in verse."}
PLAIN = "Talk plainly."
TOLD: list[str | None] = []


def in_the_voice(context: RunContextWrapper[Any], agent: Agent[Any]) -> str:
    return VOICES.get(context.context["voice"], PLAIN)


class Heard(RunHooks[Any]):
    """Notes the instructions that the model is sent."""

    async def on_llm_start(
        self,
        context: RunContextWrapper[Any],
        agent: Agent[Any],
        system_prompt: str | None,
        input_items: list[TResponseInputItem],
    ) -> None:
        TOLD.append(system_prompt)


def told_to_be_a_sailor(run: CaseRun) -> bool:
    return _told() == [VOICES["sailor"]]


def told_to_be_a_poet(run: CaseRun) -> bool:
    return _told() == [VOICES["poet"]]


def told_to_be_plain(run: CaseRun) -> bool:
    return _told() == [PLAIN]


def _told() -> list[str | None]:
    told = [*TOLD]
    TOLD.clear()
    return told
