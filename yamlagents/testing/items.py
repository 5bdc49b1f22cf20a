"""Agent files and their tests as pytest knows them: collectors and items."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from yamlagents.spec.cases.records import CaseSpec
from yamlagents.spec.loader import check
from yamlagents.spec.problem import Place
from yamlagents.spec.records import Spec
from yamlagents.spec.text.excerpt import problem_text
from yamlagents.spec.text.visible import visible

if TYPE_CHECKING:
    # The SDK loads only with the first test that runs.
    from yamlagents.testing.outcomes import CaseResult

# A tag of this form can be a mark, and be asked for by `-m`.
_MARK = re.compile(r"[^\W_][\w.+-]*")
# These would turn a test that fails into one that does not.
_NO_MARKS = frozenset(("skip", "skipif", "xfail"))
_OPTIONS = ("live", "record")
_MARKED = pytest.StashKey[set[str]]()
_OTHERS = r"(?:agents|aiohttp|httpx|litellm|openai|pydantic)(?:\.|$)"


class AgentFile(pytest.File):
    """An agent file. One with mistakes is a collection error, one without tests is empty."""

    def collect(self) -> Iterator[Case]:
        """Give the tests of the file in the order they are written."""
        checked = check(self.path, unset="error", lack="tests")
        told = [problem for problem in checked.problems if problem.severity != "note"]
        if checked.failed:
            raise self.CollectError("\n".join(map(problem_text, told)))
        for problem in told:
            self.warn(pytest.PytestWarning(problem_text(problem)))
        spec = checked.spec
        if spec is None:
            return
        for case in spec.tests:
            # A test with params of its own runs the file as it is with them.
            own = spec.variants.get(case.name, spec)
            yield Case.from_parent(self, name=visible(case.name), spec=own, case=case)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Give the problems, and no traceback: `--full-trace` has nothing to add to them."""
        if isinstance(excinfo.value, self.CollectError | pytest.PytestWarning):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


class CaseFailed(Exception):
    """A test that failed: the whole text, the gist of it, and where it failed."""

    def __init__(self, text: str, gist: str, place: Place) -> None:
        super().__init__(text)
        self.gist, self.place = gist, place


class Case(pytest.Item):
    """One test of an agent file; its tags are marks."""

    def __init__(self, *, spec: Spec, case: CaseSpec, **known: Any) -> None:
        super().__init__(**known)
        self._spec = spec
        self._case = case
        for tag in case.tags:
            if _MARK.fullmatch(tag) and tag not in _NO_MARKS:
                self._mark(tag)

    def _mark(self, tag: str) -> None:
        marked = self.config.stash.setdefault(_MARKED, set())
        if tag not in marked:
            marked.add(tag)
            self.config.addinivalue_line("markers", f"{tag}: a tag of tests of agent files")
        self.add_marker(tag)

    def runtest(self) -> None:
        """Run the test. Raises `CaseFailed` unless it passes."""
        options = {name: self.config.getoption(f"--yamlagents-{name}") for name in _OPTIONS}
        with _calm():
            try:
                single = import_module("yamlagents.testing.single")
            except ImportError as error:
                if error.name is not None:
                    raise
                # Another `agents` is in the SDK's place.
                raise CaseFailed(str(error), str(error), self._case.place) from None
            result: CaseResult = single.run(self._spec, self._case, **options)
        self.user_properties += single.properties(result).items()
        if result.outcome != "passed":
            raise CaseFailed(single.text(result), single.gist(result), single.place(result))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Give what `yamlagents test` says of the test."""
        error = excinfo.value
        if not isinstance(error, CaseFailed):
            return super().repr_failure(excinfo, style)
        said = excinfo.getrepr(style="value")
        crash = said.reprcrash
        if crash is not None:  # where and why, for summaries and reports
            crash.path, crash.lineno, crash.message = error.place.file, error.place.line, error.gist
        return said

    def reportinfo(self) -> tuple[Path, int, str]:
        """Give the file, the line (0-based) and the name."""
        return self.path, self._case.place.line - 1, self.name


@contextmanager
def _calm() -> Iterator[None]:
    """Let what others' packages warn of be no error of a test, whatever pytest is told."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=_OTHERS)
        yield
