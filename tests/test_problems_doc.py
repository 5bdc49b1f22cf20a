"""Every code has its place in docs/problems.md, and the snippets there are what they say."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import yamlagents
from tests.conftest import ROOT
from yamlagents.spec.loader import check

PAGE = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
FILES, RUNS = PAGE.split("\n# In runs\n")
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Codes of files that no snippet can show, and why.
UNSHOWN = {
    "bad-project-settings": "they are in pyproject.toml",
    "bad-provider": "a model has to be asked first",
    "bad-sandbox": "the SDK has to make it first",
    "bad-setting": "it is on the command line",
    "missing-param": "it is one only where the file is run",
    "missing-package": "it is a package that is not installed",
    "not-utf-8": "a page is UTF-8",
    "too-large": "it would be 4 MiB",
    "too-many-problems": "there would be a thousand",
    "too-many-variants": "there would be a hundred",
    "unknown-overlay": "it is on the command line",
    "unreadable-file": "there is no file",
    "wrong-module": "another project has to be loaded first",
}

# The functions of the package that are given a code, by name.
_TAKERS = frozenset(
    (
        "Problem",
        "problem",
        "_problem",
        "_add",
        "_error",
        "_warn",
        "RunError",
        "ReplyError",
        "model_failure",
    )
)
_SLUG = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")
_SEVERITIES = ("error", "warning", "note")


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def slugs(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        value = part.value if isinstance(part, ast.Constant) else None
        if isinstance(value, str) and _SLUG.fullmatch(value) and value not in _SEVERITIES:
            yield value


def codes_in(tree: ast.AST) -> Iterator[str]:
    """Give the texts that are handed over as a code, or put into a variable called `code`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", None))
            for argument in node.args if name in _TAKERS else ():
                if isinstance(argument, ast.Constant):
                    yield from slugs(argument)
        elif isinstance(node, ast.Assign):
            target = node.targets[0]
            first = target.elts[0] if isinstance(target, ast.Tuple) else target
            if isinstance(first, ast.Name) and first.id == "code":
                paired = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                yield from slugs(getattr(node.value, "elts", [node.value])[0 if paired else -1])


def test_the_page_lists_exactly_the_codes_of_the_package() -> None:
    sources = (ROOT / "yamlagents").rglob("*.py")
    used = {code for path in sources for code in codes_in(ast.parse(path.read_bytes()))}
    assert used == set(sections(PAGE))


@pytest.mark.parametrize("part", [FILES, RUNS], ids=["files", "runs"])
def test_the_codes_are_in_order(part: str) -> None:
    assert list(sections(part)) == sorted(sections(part))


def test_each_code_of_a_run_says_its_exit_code() -> None:
    for code, text in sections(RUNS).items():
        assert re.match(r"\n\nExit code [1-8]\. ", text), code


CODE = """\
from dataclasses import dataclass

from agents import AgentHooks

CITIES = ["Tokyo"]


@dataclass
class Forecast:
    city: str


class Journal(AgentHooks):
    def __init__(self, path: str) -> None:
        self.path = path


def get_route(start: str, end: str, by: str) -> str:
    return "north"


"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The files that the snippets name."""
    tool = "def get_weather(city: str) -> str:\n    return 'sunny'\n"
    mapping = "def open_mapping(options: dict) -> str:\n    return 'sunny'\n"
    (tmp_path / "pyproject.toml").touch()
    for folder in ("prompts", "shared", "agents"):
        (tmp_path / folder).mkdir()
    (tmp_path / "tools.py").write_text(f"{CODE}{tool}\n\n{mapping}")
    (tmp_path / "agents" / "tools.py").write_text(tool)
    (tmp_path / "broken.py").write_text("def get_weather(:\n")
    (tmp_path / "raises.py").write_text(f"{tool}\nraise RuntimeError('no')\n")
    (tmp_path / "prompts" / "weather.md").write_text("You only respond in haikus.\n")
    (tmp_path / "shared" / "models.yaml").write_text("models: {fast: {model: openai/gpt-4.1}}\n")
    return tmp_path


def codes_of(text: str, project: Path) -> list[str]:
    """Give the codes of what is wrong with a snippet, in the file or once its code is imported."""
    path = project / "agents.yaml"
    path.write_text(text, encoding="utf-8")
    checked = check(path, environ={})
    if checked.spec is None or checked.problems:
        return [problem.code for problem in checked.problems]
    try:
        yamlagents.assemble(checked.spec, models=yamlagents.offline)
    except yamlagents.SpecError as error:
        return [problem.code for problem in error.problems]
    return []


@pytest.mark.parametrize("code", sections(FILES))
def test_the_first_snippet_has_the_problem_and_the_second_none(code: str, project: Path) -> None:
    found = BLOCK.findall(sections(FILES)[code])
    if code in UNSHOWN:
        assert found == []
        return
    bad, good = found
    assert set(codes_of(bad, project)) == {code}
    assert codes_of(good, project) == []
