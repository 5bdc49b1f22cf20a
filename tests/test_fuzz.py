"""Right files, changed at random: what comes out are problems, or a spec; never an exception.

`YAMLAGENTS_FUZZ` sets how many changed files are tried.
"""

import copy
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yamlagents.cli.reports import as_text
from yamlagents.spec.loader import Checked, check
from yamlagents.spec.schema.explain import STRICT
from yamlagents.spec.schema.fits import Fitting
from yamlagents.spec.schema.published import schema

pytestmark = pytest.mark.slow

FILES = Path(__file__).parent / "files" / "good"
TEXTS = {path.parent.name: path.read_text("utf-8") for path in sorted(FILES.glob("*/agents.yaml"))}
FITS, EXACT = Fitting(schema()), STRICT(schema())
EXAMPLES = int(os.environ.get("YAMLAGENTS_FUZZ", "300"))

# What a reader of YAML may trip over, besides any character at all.
PIECES: list[str] = [
    *"\n\t :-?[]{},&*!|>'\"%@`#$~=<\\\r\0\x85\u2028\ufeff\U0001f600",
    "<<: *a\n",
    "&a ",
    "*a",
    "${",
    "${A}",
    "${A:-}",
    "${params.city}",
    "$${params.",
    "---\n",
    "...\n",
    "!!int ",
    "!!binary ",
    "\n  ",
    ": ",
    "- ",
    "? ",
    "..",
    "/",
    "x-",
    "include: [agents.yaml]\n",
    "extends: weather\n",
    "params: {city: {default: a}}\n",
    "overlays: {ci: {agents: {weather: {model: a/b}}}}\n",
]
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 8.0, 10**20, 1e300, "", "a", "a/b", "a:b", "./a.py:b", "."),
    *("..", "/", "${A}", "$", "weather", "agents.yaml", "a\0b", "\u2028", "a" * 300, "os:system"),
    *("${params.city}", "$${params.a}"),
    *([], [None], [[]], ["weather", "weather"], [{}], {}, {"a": None}, {"weather": {}}, {"": 1}),
]
KEYS = ["", "agents", "models", "model", "extends", "include", "weather", "x-a", "a b", "a\0", "$"]
KEYS += ["params", "overlays", "tests", "enum", "default", "type", "use", "run", "ci"]

fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the good files, which nothing is written to."""
    folder = tmp_path_factory.mktemp("project")
    return Path(shutil.copytree(FILES, folder / "good"))


def sound(file: Path, content: bytes) -> Checked:
    """Check `content` in the place of `file`; fail where what comes out contradicts itself."""
    for unset in ("note", "error"):
        checked = check(file, environ={"B": "b"}, text=content, unset=unset)
        for problem in checked.problems:
            assert problem.place.line > 0
            assert problem.place.column > 0
            assert problem.message
        assert as_text(checked.problems).count("[") >= len(checked.problems)
        assert checked.spec is None or not checked.failed
        assert checked.spec is None or checked.spec.entry in checked.spec.agents
    return checked


Change = Callable[[str, random.Random], str]


def _insert(text: str, draw: random.Random) -> str:
    at = draw.randrange(len(text) + 1)
    piece = draw.choice(PIECES) if draw.random() < 0.8 else chr(draw.randrange(0x2FFF))
    return text[:at] + piece + text[at:]


def _delete(text: str, draw: random.Random) -> str:
    at = draw.randrange(len(text) + 1)
    return text[:at] + text[at + draw.choice((1, 1, 1, 2, 5, 40)) :]


def _replace(text: str, draw: random.Random) -> str:
    at = draw.randrange(len(text) + 1)
    return text[:at] + draw.choice(PIECES) + text[at + 1 :]


def _in_lines(change: Callable[[list[str], int, random.Random], None]) -> Change:
    def changed(text: str, draw: random.Random) -> str:
        lines = text.splitlines(keepends=True) or [""]
        change(lines, draw.randrange(len(lines)), draw)
        return "".join(lines)

    return changed


def _swap(lines: list[str], at: int, draw: random.Random) -> None:
    other = draw.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _indent(lines: list[str], at: int, draw: random.Random) -> None:
    lines[at] = " " * draw.randrange(8) + lines[at].lstrip(" ")


def _double(lines: list[str], at: int, draw: random.Random) -> None:
    lines[at:at] = [lines[at]] * draw.choice((1, 1, 30))


def _move(lines: list[str], at: int, draw: random.Random) -> None:
    lines.insert(draw.randrange(len(lines)), lines.pop(at))


CHANGES: list[Change] = [
    _insert,
    _delete,
    _replace,
    *map(_in_lines, (_swap, _indent, _double, _move)),
]


@fuzz
@given(
    name=st.sampled_from(sorted(TEXTS)),
    draw=st.randoms(use_true_random=False),
    times=st.integers(1, 8),
)
def test_changed_characters(project: Path, name: str, draw: random.Random, times: int) -> None:
    text = TEXTS[name]
    for _ in range(times):
        text = draw.choice(CHANGES)(text, draw)
    sound(project / name / "agents.yaml", text.encode("utf-8", "surrogatepass"))


def _positions(data: Any, seen: set[int]) -> list[tuple[Any, Any]]:
    """Every container in `data`, once, with each of its keys or indexes."""
    if not isinstance(data, dict | list) or id(data) in seen:
        return []
    seen.add(id(data))
    found: list[tuple[Any, Any]] = []
    for key in range(len(data)) if isinstance(data, list) else data:
        found += [(data, key), *_positions(data[key], seen)]
    return found


def _restructured(data: Any, draw: random.Random) -> None:
    positions = _positions(data, set())
    if not positions:
        return
    container, key = draw.choice(positions)
    kind = draw.randrange(4)
    if kind == 0 and isinstance(container, dict):
        container[draw.choice([*KEYS, *(str(key) for _, key in positions)])] = container.pop(key)
    elif kind == 1:
        del container[key]
    elif kind == 2:
        other, at = draw.choice(positions)
        # A value that is put into itself is written as an anchor that contains itself.
        container[key] = other[at]
    else:
        container[key] = copy.deepcopy(draw.choice(VALUES))


@fuzz
@given(
    name=st.sampled_from(sorted(TEXTS)),
    draw=st.randoms(use_true_random=False),
    times=st.integers(1, 5),
)
def test_changed_structure(project: Path, name: str, draw: random.Random, times: int) -> None:
    data = yaml.safe_load(TEXTS[name])
    for _ in range(times):
        _restructured(data, draw)
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=draw.random() < 0.5)
    sound(project / name / "agents.yaml", text.encode("utf-8", "surrogatepass"))


@fuzz
@given(
    name=st.sampled_from(sorted(TEXTS)),
    draw=st.randoms(use_true_random=False),
    times=st.integers(1, 5),
)
def test_what_fits_is_what_the_library_passes(
    project: Path, name: str, draw: random.Random, times: int
) -> None:
    data = copy.deepcopy(check(project / name / "agents.yaml", environ={}).main.data)
    for _ in range(times):
        _restructured(data, draw)
    try:
        document = json.loads(json.dumps(data))
    except ValueError:  # put into itself
        return
    assert FITS(document) == EXACT.is_valid(document)


@fuzz
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_anything_at_all(project: Path, content: bytes) -> None:
    sound(project / "minimal" / "agents.yaml", content)
