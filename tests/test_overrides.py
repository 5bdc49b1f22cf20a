"""Where a `--set` leads, and what is told of one that leads nowhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from yamlagents.spec.loader import check, load

Write = Callable[[str, str], Path]

FILE = """\
agents:
  a: {model: openai/gpt-4.1, handoffs: [b]}
  b: {model: openai/gpt-4.1}
"""


def test_a_number_may_be_a_key(write: Write) -> None:
    setting = "agents.a.model_settings.extra_headers.0=5"
    problem = check(write("a.yaml", FILE), overrides=[setting]).problems[0]
    assert (problem.place.file, problem.place.source.text) == ("--set", setting)
    assert problem.message == "'0' must be text, not 5"


def test_a_number_is_kept_as_it_is_written(write: Write) -> None:
    settings = ["agents.a.metadata.007=bond"]
    spec = load(write("a.yaml", FILE), overrides=settings)
    assert dict(spec.agents["a"].metadata) == {"007": "bond"}


def test_the_number_after_the_last_adds_an_item(write: Write) -> None:
    text = FILE + "  c: {model: openai/gpt-4.1}\n"
    spec = load(write("a.yaml", text), overrides=["agents.a.handoffs.1=c"])
    assert [handoff.agent for handoff in spec.agents["a"].handoffs] == ["b", "c"]


@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        (
            "agents.a.model.name",
            "'agents.a.model.name' leads through something that is not a mapping",
            "set agents.a.model as a whole",
        ),
        (
            "agents.a.handoffs.2",
            "'agents.a.handoffs.2' is past the end of a list of 1",
            "the highest number here is 1",
        ),
        (
            "agents.a.handoffs.1.agent",
            "'agents.a.handoffs.1' is past the end of a list of 1",
            "the highest number here is 0",
        ),
        (
            "agents.a.handoffs.first",
            "'agents.a.handoffs.first' leads into a list, whose items have numbers",
            "count from 0: agents.a.handoffs.0",
        ),
    ],
    ids=["text", "past-the-end", "through-the-end", "no-number"],
)
def test_a_setting_that_leads_nowhere(write: Write, path: str, message: str, hint: str) -> None:
    problems = check(write("a.yaml", FILE), overrides=[f"{path}=x"]).problems
    assert [(problem.code, problem.message, problem.hint) for problem in problems] == [
        ("bad-setting", message, hint)
    ]


def test_what_is_no_setting_shows_no_secret(write: Write) -> None:
    with pytest.raises(ValueError, match=r"'models\.m\.api_key: \*+' is not KEY=VALUE"):
        check(write("a.yaml", FILE), overrides=["models.m.api_key: hunter2"])
