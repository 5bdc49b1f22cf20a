"""Entry points: what a check finds is what an import loads, or there is a problem that says so."""

import importlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest
from agents import FunctionTool

import yamlagents
from tests.conftest import ROOT
from yamlagents.sdk.team import Team
from yamlagents.spec.loader import check

Write = Callable[[str, str], Path]


@pytest.fixture(autouse=True)
def _own_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))


def agent_file(write: Write, *tools: str, folder: str = ".") -> Path:
    write(f"{folder}/pyproject.toml", "")
    items = ", ".join(f"'{tool}'" for tool in tools)
    text = f"agents: {{solo: {{model: offline/match, tools: [{items}]}}}}\n"
    return write(f"{folder}/agents.yaml", text)


def tool(write: Write, name: str, said: str, before: str = "") -> None:
    """Write a file with the function `now`, whose description is `said`."""
    write(name, f'{before}\ndef now() -> str:\n    """{said}"""\n    return ""\n')


def assembled(path: Path) -> Team:
    return yamlagents.assemble(yamlagents.load(path), models=yamlagents.offline)


def described(team: Team) -> list[str]:
    return [tool.description for tool in team.entry.tools if isinstance(tool, FunctionTool)]


def codes(path: Path) -> list[str]:
    return [problem.code for problem in check(path).problems]


def refused(path: Path) -> yamlagents.Problem:
    """Give the one problem of a file that a check finds nothing wrong with."""
    assert codes(path) == []
    with pytest.raises(yamlagents.SpecError) as raised:
        assembled(path)
    (problem,) = raised.value.problems
    return problem


def test_a_module_of_another_project_is_not_taken_for_the_checked_one(write: Write) -> None:
    for folder in ("a", "b"):
        tool(write, f"{folder}/office_rain.py", folder)
    assembled(agent_file(write, "office_rain:now", folder="a"))
    problem = refused(agent_file(write, "office_rain:now", folder="b"))
    assert (problem.code, problem.place.column) == ("wrong-module", 47)
    parts = [str(Path("b", "office_rain.py")), str(Path("a", "office_rain.py"))]
    assert [part in problem.message for part in parts] == [True, True]
    assert problem.message.index(parts[0]) < problem.message.index(parts[1])


def test_a_package_of_another_project_is_not_taken_for_the_checked_one(write: Write) -> None:
    for folder in ("a", "b"):
        write(f"{folder}/office_hail/__init__.py", "")
        tool(write, f"{folder}/office_hail/of_{folder}.py", folder)
    assembled(agent_file(write, "office_hail.of_a:now", folder="a"))
    problem = refused(agent_file(write, "office_hail.of_b:now", folder="b"))
    assert (problem.code, problem.message[:13]) == ("wrong-module", "'office_hail'")


def test_a_check_does_not_see_projects_that_were_loaded_before(write: Write) -> None:
    for name in ("office_snow", "office_fog"):
        tool(write, f"a/{name}.py", "a")
    tool(write, "b/src/office_fog.py", "b")
    assembled(agent_file(write, "office_snow:now", folder="a"))
    assert codes(agent_file(write, "office_snow:now", folder="b")) == ["missing-module"]
    assert described(assembled(agent_file(write, "office_fog:now", folder="b"))) == ["b"]


def test_imports_of_a_project_still_work_once_another_was_loaded(write: Write) -> None:
    write("a/tools/office_late.py", "WORD = 'late'\n")
    late = "def late():\n    import office_late\n    return office_late.WORD\n"
    tool(write, "a/tools/office_first.py", "a", late)
    assembled(agent_file(write, "tools/office_first.py:now", folder="a"))
    tool(write, "b/second.py", "b")
    assembled(agent_file(write, "second.py:now", folder="b"))
    (first,) = (module for name, module in sys.modules.items() if "office_first" in name)
    assert first.late() == "late"


@pytest.mark.parametrize(
    "import_",
    ["from office_common import WHO", "def who():\n    import office_lazy as common\n"],
    ids=["at-once", "later"],
)
def test_siblings_of_one_name_are_a_problem(write: Write, import_: str) -> None:
    name = "office_lazy" if "lazy" in import_ else "office_common"
    for folder in ("x", "y"):
        write(f"{folder}/{name}.py", f"WHO = '{folder}'\n")
        tool(write, f"{folder}/tool.py", folder, f"{import_}\n")
    assembled(agent_file(write, "x/tool.py:now"))
    path = agent_file(write, "y/tool.py:now")
    first, again = refused(path), refused(path)
    assert first == again
    assert first.code == "shadowed-module"
    for folder in ("x", "y"):
        assert str(Path(folder, f"{name}.py")) in first.message


def test_siblings_of_siblings_are_looked_at(write: Write) -> None:
    for folder in ("x", "y"):
        write(f"{folder}/office_far.py", "")
        write(f"{folder}/office_near_{folder}.py", "import office_far\n")
        tool(write, f"{folder}/t.py", folder, f"import office_near_{folder}\n")
    assembled(agent_file(write, "x/t.py:now"))
    problem = refused(agent_file(write, "y/t.py:now"))
    assert (problem.code, problem.message[:12]) == ("shadowed-module", "'office_far'")


def test_a_sibling_that_python_hides_is_named_once_an_import_fails(write: Write) -> None:
    write("tools/textwrap.py", "def fold() -> None: ...\n")
    tool(write, "tools/fine.py", "fine", "import textwrap\n")
    tool(write, "tools/wrong.py", "wrong", "from textwrap import fold\n")
    assembled(agent_file(write, "tools/fine.py:now"))
    problem = refused(agent_file(write, "tools/wrong.py:now"))
    assert problem.code == "shadowed-module"
    assert str(Path("tools", "textwrap.py")) in problem.message


def test_a_package_beside_a_tool_file_may_be_an_installed_copy(write: Write) -> None:
    write("yaml/__init__.py", "")
    tool(write, "office_copy.py", "copy", "import yaml\n")
    problem = refused(agent_file(write, "office_copy.py:now"))
    assert problem.code == "shadowed-module"
    assert str(problem.hint).endswith("install it with pip install -e if the two are one package")


def test_a_tool_file_may_have_the_name_of_what_it_imports(write: Write) -> None:
    tool(write, "click.py", "mine", "from click import Context\n")
    assembled(agent_file(write, "click.py:now"))


class Editable:
    """What an editable install puts on sys.meta_path: a finder that knows one package."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self.file.parent.name:
            return None
        return importlib.util.spec_from_file_location(name, self.file)


def test_an_editable_install_is_found(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(write, "python/office_edit/tools.py", "edited")
    package = write("python/office_edit/__init__.py", "")
    path = agent_file(write, "office_edit.tools:now")
    assert codes(path) == ["missing-module"]
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Editable(package)])
    assert described(assembled(path)) == ["edited"]


def test_modules_in_plain_folders_run(write: Write) -> None:
    tool(write, "office_plain/inner/k.py", "namespace")
    write("office_half/__init__.py", "")
    tool(write, "office_half/inner/k.py", "half")
    for module in ("office_plain", "office_half"):
        assembled(agent_file(write, f"{module}.inner.k:now"))
        assert codes(agent_file(write, f"{module}.inner:now")) == ["missing-module"]
        assert codes(agent_file(write, f"{module}.outer.k:now")) == ["missing-module"]


def test_a_file_that_is_loaded_is_not_loaded_again(write: Write) -> None:
    tool(write, "office_once.py", "once")
    path = agent_file(write, "office_once.py:now")
    sys.path.append(str(path.parent))
    module = importlib.import_module("office_once")
    assembled(path)
    files = [getattr(known, "__file__", None) for known in list(sys.modules.values())]
    assert files.count(module.__file__) == 1


def test_the_module_of_a_file_has_one_name_in_every_process(write: Write) -> None:
    tool(write, "office_name.py", "name")
    path = agent_file(write, "office_name.py:now")
    code = (
        "import sys, yamlagents\n"
        "yamlagents.assemble(yamlagents.load(sys.argv[1]), models=yamlagents.offline)\n"
        "print(*[name for name in sys.modules if 'office_name' in name])\n"
    )
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    other = subprocess.run(
        [sys.executable, "-c", code, str(path)], env=environ, capture_output=True, check=True
    )
    assembled(path)
    assert other.stdout.decode().split() == [name for name in sys.modules if "office_name" in name]


def test_another_package_called_agents_is_refused(write: Write) -> None:
    folder = write("agents/__init__.py", "").parents[1]
    code = "import yamlagents; yamlagents.assemble"
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environ, capture_output=True, check=False
    )
    assert "ImportError: 'agents' is not the Agents SDK here but" in done.stderr.decode()
