"""Hostile texts: each is met with a problem at a place, or is the text that it looks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile import AGENTS, HOSTILE, VALUES
from yamlagents.spec.loader import check, load

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]

# The limits come from inside, before the program that they hold for is imported.
PROGRAM = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
from yamlagents.cli.main import main
main(["validate", "--format", "json", sys.argv[1]])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
@pytest.mark.parametrize("name", HOSTILE)
def test_within_limits_a_problem_with_a_place(name: str, tmp_path: Path) -> None:
    code, content = HOSTILE[name]
    file = tmp_path / "agents.yaml"
    file.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file)], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 2, done.stderr[-500:]
    problems = json.loads(done.stdout)
    assert code in {problem["code"] for problem in problems}
    assert all(problem["line"] > 0 and problem["column"] > 0 for problem in problems)


@pytest.mark.parametrize(("text", "value"), VALUES.items(), ids=list(VALUES))
def test_scalars_are_those_of_yaml_1_2(text: str, value: object, tmp_path: Path) -> None:
    yaml = f"agents:\n  weather:\n    model: openai/gpt-4.1\n    metadata: {{a: {text}}}\n"
    spec = load(tmp_path / "agents.yaml", text=yaml.encode())
    found = spec.agents["weather"].metadata["a"]
    assert found == value
    assert type(found) is type(value)


def test_a_word_that_was_a_boolean_can_be_a_key(tmp_path: Path) -> None:
    text = b"agents: {on: {model: openai/gpt-4.1, metadata: {no: 1, y: 2, 12:30: 3}}}\n"
    spec = load(tmp_path / "agents.yaml", text=text)
    assert dict(spec.agents["on"].metadata) == {"no": 1, "y": 2, "12:30": 3}


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf" + AGENTS,
        AGENTS.replace(b": {", b":\r\n  {").replace(b"}\n", b"}\r\n"),
        b"---\n" + AGENTS + b"...\n",
        b"%YAML 1.2\n---\n" + AGENTS,
        AGENTS.rstrip(),
    ],
    ids=["byte-order-mark", "windows-line-ends", "markers", "directive", "no-last-line-end"],
)
def test_what_is_harmless_is_taken(text: bytes, tmp_path: Path) -> None:
    assert check(tmp_path / "agents.yaml", text=text).problems == ()


def test_the_sharing_of_anchors_below_the_bound_is_taken(tmp_path: Path) -> None:
    text = b"x-a: &a [1, 2]\nx-b: &b [*a, *a]\nx-c: [*b, *b]\nx-d: {<<: {a: 1}, <<: {b: 2}}\n"
    assert check(tmp_path / "agents.yaml", text=text + AGENTS).problems == ()
