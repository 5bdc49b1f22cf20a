"""Tests in agent files: what a spec holds of them, each piece with its place."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from yamlagents.spec.cases.kinds import ASSERTIONS, slug
from yamlagents.spec.cases.records import CaseSpec, Expectation, ScriptCall
from yamlagents.spec.code.records import EntryPoint
from yamlagents.spec.loader import check, load
from yamlagents.spec.paths import steps
from yamlagents.spec.records import ModelSpec

GOOD = Path(__file__).parent / "files" / "good" / "tests"
AGENT = "agents: {weather: {model: openai/gpt-4.1}}\n"

Write = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def cases() -> dict[str, CaseSpec]:
    return {case.name: case for case in load(GOOD / "agents.yaml", environ={}).tests}


def flat(expectations: Iterable[Expectation]) -> Iterator[Expectation]:
    for expectation in expectations:
        yield expectation
        yield from flat(expectation.children)


def test_a_case_says_little_and_has_defaults(cases: dict[str, CaseSpec]) -> None:
    case = cases["tokyo is sunny"]
    assert case.inputs == ("What's the weather in Tokyo?",)
    called, contains = case.expect
    assert (called.kind, called.value) == ("tool_called", "get_weather")
    assert dict(called.options) == {"arguments": {"city": "Tokyo"}}
    assert (contains.kind, contains.value, dict(contains.options)) == ("contains", "sunny", {})
    assert (case.repeat, case.require, case.tags, case.script) == (1, 1, (), None)
    assert (case.agent, case.model, case.context, case.timeout, case.tools) == (None,) * 5


def test_all_keys_of_a_case(cases: dict[str, CaseSpec]) -> None:
    case = cases["all keys"]
    assert case.inputs == ("Weather in Tokyo?", "And a refund, please.")
    assert case.model is not None
    assert (case.model.model, case.model.settings["temperature"]) == ("openai/gpt-4.1-mini", 0)
    assert case.context == {"user_id": "u-17"}
    assert (case.agent, case.repeat, case.require) == ("weather", 5, 4)
    assert (case.tags, case.timeout, case.tools) == (("slow", "money"), 30, "stub")


def test_a_script(cases: dict[str, CaseSpec]) -> None:
    script = cases["a script"].script
    assert script is not None
    calls, handoff, output, error, text = script
    weather = ScriptCall("get_weather", {"city": "Tokyo"})
    assert calls.tool_calls == (weather, ScriptCall("get_weather", {}))
    assert (handoff.handoff, output.output) == ("billing", {"city": "Tokyo"})
    assert (error.error, text.text) == ("the provider is overloaded", "It is sunny.")
    assert [step.place.line for step in script] == [38, 41, 42, 43, 44]


def test_there_is_one_of_each_kind(cases: dict[str, CaseSpec]) -> None:
    found = {expectation.kind for expectation in flat(cases["all assertions"].expect)}
    assert found == set(ASSERTIONS)


def test_assertions_hold_assertions(cases: dict[str, CaseSpec]) -> None:
    fields = [item for item in cases["all assertions"].expect if item.kind == "field"]
    assert [field.value for field in fields] == ["cities[0].name", 'a["b.c"]']
    assert [(child.kind, child.value) for child in fields[0].children] == [("equals", "Tokyo")]
    kinds = [expectation.kind for expectation in flat(fields[1:])]
    assert kinds == ["field", "not", "any_of", "contains", "word_count"]


def test_what_assertions_name_is_resolved(cases: dict[str, CaseSpec]) -> None:
    found = {item.value: item for item in cases["all assertions"].expect if item.kind == "rubric"}
    assert dict(found["Is polite."].options) == {}
    judge = found["Names a temperature."].options
    assert isinstance(judge["model"], ModelSpec)
    assert (judge["model"].model, judge["votes"]) == ("openai/gpt-4.1-mini", 3)
    point = next(item.value for item in cases["all assertions"].expect if item.kind == "python")
    assert isinstance(point, EntryPoint)
    assert (point.path, point.attribute) == (GOOD / "tools.py", "is_polite")


def test_each_assertion_is_placed_at_its_key(cases: dict[str, CaseSpec]) -> None:
    for expectation in flat(cases["all assertions"].expect):
        place = expectation.place
        line = place.source.line(place.line)
        assert line[place.column - 1 : place.end_column - 1] == expectation.kind
    assert cases["tokyo is sunny"].place.line == 14


def test_tests_of_an_included_file_stay_with_it(cases: dict[str, CaseSpec]) -> None:
    own = load(GOOD / "shared" / "models.yaml", environ={}).tests
    assert [case.name for case in own] == ["the helper says hello"]
    assert "the helper says hello" not in cases


def test_what_an_included_file_tests_is_checked_with_it(write: Write) -> None:
    case = "{name: a, input: hi, agent: nobody, expect: [contains: hi]}"
    shared = write("shared.yaml", f"agents: {{a: {{model: openai/gpt-4.1}}}}\ntests: [{case}]\n")
    main = write("agents.yaml", f"include: [shared.yaml]\n{AGENT}")
    assert [problem.code for problem in check(shared).problems] == ["unknown-agent"]
    assert check(main).problems == ()


def test_all_runs_have_to_pass_unless_it_is_said(write: Write) -> None:
    case = "tests: [{name: a, input: hi, repeat: 3, expect: [contains: hi]}]\n"
    assert load(write("agents.yaml", AGENT + case)).tests[0].require == 3


UNSET = """tests:
  - name: ${A}
    input: ${A}
    model: ${A}
    repeat: ${A}
    require: 2
    expect:
      - matches: ${A}
      - python: ${A}
      - no_tool: ${A}
      - turns: ${A}
      - json: {type: "${A}"}
      - {rubric: "${A}", model: "${A}", votes: "${A}"}
      - field: {path: "${A}", equals: "${A}"}
"""


def test_values_of_unset_variables_are_not_judged(write: Write) -> None:
    checked = check(write("agents.yaml", AGENT + UNSET), environ={})
    assert {problem.code for problem in checked.problems} == {"unset-variable"}
    assert checked.spec is not None
    kinds = [expectation.kind for expectation in checked.spec.tests[0].expect]
    assert kinds == ["matches", "python", "no_tool", "turns", "json", "rubric", "field"]


@pytest.mark.parametrize(
    "tool",
    ["./tools.py:UNKNOWN", "{function: ./tools.py:f, name_override: '${A}'}"],
    ids=["built-elsewhere", "unset-name"],
)
def test_tools_are_not_judged_where_not_all_are_known(tool: str, write: Write) -> None:
    write("tools.py", "def f() -> str: ...\n\nUNKNOWN = make()\n")
    agents = f"agents: {{weather: {{model: openai/gpt-4.1, tools: [{tool}]}}}}\n"
    case = "tests: [{name: a, input: hi, expect: [tool_called: anything]}]\n"
    codes = [problem.code for problem in check(write("a.yaml", agents + case), environ={}).problems]
    assert "unknown-tool" not in codes


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.b[0]", ("a", "b", 0)),
        ("[-1].a", (-1, "a")),
        ("['a.b'][\"c]\"].d", ("a.b", "c]", "d")),
        ("first name", ("first name",)),
    ],
    ids=["keys", "index", "quoted", "spaces"],
)
def test_paths(path: str, expected: tuple[str | int, ...]) -> None:
    assert steps(path) == expected


@pytest.mark.parametrize("path", ["a..b", ".a", "a.", "a[", "a[x]", "a]", "a[0]b", "['a']b"])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match="is not a path"):
        steps(path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Tokyo is sunny!", "tokyo-is-sunny"), ("../..", ""), ("Größe_2", "größe_2")],
    ids=["words", "path", "letters"],
)
def test_names_become_names_of_files(name: str, expected: str) -> None:
    assert slug(name) == expected
