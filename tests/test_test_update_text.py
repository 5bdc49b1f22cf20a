"""`yamlagents test --update`: whatever the values are, the rest of the file stays as it is."""

from __future__ import annotations

import os
import re
from itertools import zip_longest
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Cli
from tests.tested_project import Write
from tests.updated_project import CASE, HEAD, write_file

pytestmark = pytest.mark.slow


@pytest.fixture
def path(write: Write) -> Path:
    return write_file(write)


ANSWER = '{"city": "Oslo", "days": [1, 2], "sun": null}'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "equals: {days: [1, 3], city: Bergen, sun: 1}",
            "equals: {days: [1, 2], city: Oslo, sun: null}",
        ),
        ("equals: {city: Bergen}", "equals: {city: Oslo, days: [1, 2], sun: null}"),
        ("equals:\n          city: 'B' # why\n          x: 1", None),
        (
            "equals:\n          city: 'B'",
            "equals:\n          city: Oslo\n          days: [1, 2]\n          sun: null",
        ),
        ("field: {path: city, equals: Bergen}", "field: {path: city, equals: Oslo}"),
        ("field: {path: days, equals: [1]}", "field: {path: days, equals: [1, 2]}"),
    ],
)
def test_of_data_only_what_differs_is_written(
    cli: Cli, path: Path, before: str, after: str | None
) -> None:
    head = f"{HEAD}tests:\n  - name: one\n    input: Hi\n    script: [{{text: '{ANSWER}'}}]\n"
    path.write_text(f"{head}    expect:\n      - {before}\n")
    result = cli("test", "--update", cwd=path.parent.parent)
    assert path.read_text() == f"{head}    expect:\n      - {after or before}\n", result.stderr
    assert result.code == (0 if after else 1)


def test_line_ends_byte_order_mark_and_mode_stay(cli: Cli, path: Path) -> None:
    text = CASE.format(head=HEAD, expect="      - equals: x\n      - turns: 7\n")
    text = text.replace("    expect:", '    script: [{text: "a\\nb\\n"}]\n    expect:')
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    assert cli("test", "--update", cwd=path.parent.parent).code == 0
    after = text.replace("equals: x\n", "equals: |\n          a\n          b\n")
    after = after.replace("turns: 7", "turns: 1")
    assert path.read_bytes() == b"\xef\xbb\xbf" + after.replace("\n", "\r\n").encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(path.parent)) == ["solo.yaml", "tools.py"]


PIECES = (
    "\n|\r| |\t|#| #|: |- |?|'|\"|\\|$|${|${A}|$$|{|}|]|,|>|&a|*a|!|%|é|\x85|\ufeff|null|1|---|<<"
)
ANSWERS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.lists(st.sampled_from([*PIECES.split("|"), "|", "Hi"]), max_size=8).map("".join),
)
# What stands around the values, each character of which has to stay; and the values themselves.
AROUND = (
    "      - equals: ",
    "\n      # equals: 'x'\n      - {equals: ",
    "}  # ${{A}}\n      - equals:   ",
    "\n      -  x-why:  it is\n         equals: ",
    "\n\n      - equals: ",
    "\n      -\n        equals: ",
    "\n\n# the end\n",
)
BLOCKS = ("|\n           old\n           text", ">-\n         old\n\n         text")
OLD = ("old", "old", "'old'", '"old"', *BLOCKS)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(answer=ANSWERS.filter(str.strip), line_end=st.sampled_from(["\n", "\r\n"]))
def test_any_answer_is_written_so_that_it_passes_and_nothing_else_changes(
    cli: Cli, path: Path, answer: str, line_end: str
) -> None:
    said = yaml.dump(answer.replace("$", "$$"), default_style='"', width=10_000).strip()
    script = f"script: [{{text: {said}}}]"
    head = f"{HEAD}tests:\n  - name: one\n    input: Hi\n    {script}\n    expect:\n"
    body = "".join(map("".join, zip_longest(AROUND, OLD, fillvalue="")))
    path.write_bytes((head + body).replace("\n", line_end).encode())
    root = path.parent.parent
    result = cli("test", "--update", cwd=root)
    assert (result.code, cli("test", cwd=root).code) == (0, 0), result.stderr
    text = path.read_bytes().decode()
    kept = (piece.replace("\n", line_end) for piece in (head + AROUND[0], *AROUND[1:]))
    assert re.fullmatch(".+".join(map(re.escape, kept)), text, re.DOTALL), text
