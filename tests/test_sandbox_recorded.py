"""Recordings of agents in sandboxes: a replay says what changed, at the line that says it."""

from __future__ import annotations

import pytest

from tests.sandbox_project import Write
from tests.test_contract_seen import play
from yamlagents import RunError

FILE = """\
models:
  m: {model: openai/gpt-5.1, provider: openai_responses, api_key: "${K:-k}"}
agents:
  a:
    instructions: Hi.
    model: m
    sandbox:
      default_manifest:
        entries:
          notes/todo.md: {type: file, content: Buy ropes.}
          room: {type: local_dir, src: room}
          shelf:
            type: dir
            children:
              box.md: {type: file, content: Empty.}
      capabilities:
        - shell
        - type: skills
          skills:
            - {name: knots, description: Ties., content: Tie.}
        - type: compaction
          policy: {type: static, threshold: 1000}
run:
  sandbox:
    client: unix_local
"""
ROOM = "          room: {type: local_dir, src: room}\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (ROOM, f"{ROOM}          z.md: {{type: file, content: z}}\n", "workspace of `a`:12"),
        ("Empty.", "Empty., description: A box.", "workspace of `a`:12"),
        (ROOM, "", "workspace of `a`:8"),
        ("Ties.", "Binds.", "instructions of the capabilities of `a`:18"),
        ("1000", "2000", "2000}] at :21"),
        ("shell", "filesystem", "tool view_image:17"),
        ("    client", "    cwd: room\n    client", "workspace of `a`:25"),
        (
            "    client",
            "    manifest:\n      entries:\n        x.md: {type: file, content: x}\n    client",
            "workspace of `a`:27",
        ),
        ("instructions: Hi.", "instructions: Ho.", "instructions of `a`:5"),
    ],
)
def test_a_change_is_named_at_its_line(write: Write, old: str, new: str, said: str) -> None:
    write("room/costs.txt", "The yard cost 21 million.\n")
    file = write("office.yaml", FILE)
    play(file, "all", "replay")
    play(file, "none", "replay")
    assert FILE.count(old) == 1
    write("office.yaml", FILE.replace(old, new))
    with pytest.raises(RunError) as failure:
        play(file, "none", "replay")
    assert failure.value.code == "cassette-stale"
    what, _, line = said.rpartition(":")
    named = [text for text in failure.value.message.splitlines() if what in text]
    assert any(f"{file}:{line}" in text for text in named), failure.value.message


def test_the_end_of_a_text_is_named_too(write: Write) -> None:
    file = write("office.yaml", FILE.replace("instructions: Hi.", 'instructions: "Hi."'))
    write("room/costs.txt", "")
    play(file, "all", "replay")
    write("office.yaml", FILE.replace("instructions: Hi.", 'instructions: "Hi.\\n"'))
    with pytest.raises(RunError, match="instructions of `a` changed"):
        play(file, "none", "replay")
