"""Guardrails beside a streamed reply, which they stop before it has ended."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import yamlagents
from tests.tested_project import Write
from yamlagents.events import RunFailed
from yamlagents.sdk.offline import OfflineModel

GUARDS = """\
from agents import GuardrailFunctionOutput


def trips(context, agent, data):
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered=True)


def raises(context, agent, data):
    raise ValueError("no guard")
"""


class Late(OfflineModel):
    """An offline model whose replies come later than the verdict of a guardrail."""

    async def get_response(self, *args: Any, **options: Any) -> Any:
        await asyncio.sleep(0.1)
        return await super().get_response(*args, **options)


@pytest.mark.parametrize(("guard", "code"), [("trips", "guardrail"), ("raises", "code-failed")])
@pytest.mark.parametrize("streamed", [True, False])
def test_a_guardrail_that_is_faster_than_the_reply_ends_the_run(
    write: Write, guard: str, code: str, streamed: bool
) -> None:
    write("guards.py", GUARDS)
    write(".git/HEAD", "")
    agent = f"model: offline/match, input_guardrails: [./guards.py:{guard}]"
    spec = yamlagents.load(write("a.yaml", f"agents: {{a: {{{agent}}}}}\n"))
    team = yamlagents.assemble(spec, models=lambda _: Late("match"))

    async def events() -> list[yamlagents.events.Event]:
        return [event async for event in yamlagents.stream(team, "hello", streamed=streamed)]

    told = asyncio.run(asyncio.wait_for(events(), 20))
    assert isinstance(told[-1], RunFailed)
    assert told[-1].error.code == code
