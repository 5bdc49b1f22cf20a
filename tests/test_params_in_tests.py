"""Params in `test` and `smoke`: what a test gives, and what is made up."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.test_params import FILE
from yamlagents.spec.loader import check

Write = Callable[[str, str], Path]


@pytest.fixture
def file(write: Write) -> Path:
    write("style.md", "Be kind to ${params.city}.\n")
    return write("a.yaml", FILE)


TESTS = """\
tests:
  - name: in ${params.city}
    params: {city: Oslo, days: 1}
    input: Weather in ${params.city}?
    script: [{text: "${params.city}, ${params.days} and ${params.heat}"}]
    expect: [{equals: "Oslo, 1 and 0.5"}]
  - name: elsewhere
    params: {city: Lima}
    input: hello
    script: [{text: "${params.city}, ${params.days} and ${params.heat}"}]
    expect: [{equals: "Lima, 3 and 0.5"}]
  - name: as given
    input: hello
    script: [{text: "${params.city}"}]
    expect: [{equals: Rome}]
"""


def test_a_test_runs_the_file_with_its_own_params(file: Path, cli: Cli) -> None:
    file.write_text(FILE + TESTS)
    result = cli("test", file, "--param", "city=Rome", "--format", "json")
    assert result.code == 0, result.stdout + result.stderr
    names = [case["name"] for case in json.loads(result.stdout)["cases"]]
    assert names == ["in Oslo", "elsewhere", "as given"]


def test_a_test_without_a_value_for_a_param_is_a_problem(file: Path, cli: Cli) -> None:
    file.write_text(FILE + TESTS)
    assert cli("validate", file).code == 0
    result = cli("test", file)
    assert result.code == 2
    said = ":29:11: error[missing-param]: this test gives no value for the param 'city'"
    assert said in result.stderr
    assert result.stderr.count("missing-param") == 1


def test_smoke_makes_a_value_up_and_says_so_where_it_does_not_do(file: Path, cli: Cli) -> None:
    assert cli("smoke", file).code == 0
    file.write_text(FILE.replace("offline/match", "${params.city}"))
    result = cli("smoke", file)
    assert result.code == 2
    assert "there is no model 'city' under models" in result.stderr
    assert "note[missing-param]: the param 'city' has no value, and 'city' stands in for it" in (
        result.stderr
    )
    assert cli("smoke", file, "--param", "city=offline/match").code == 0


def test_many_sets_of_params_are_checked_each(file: Path) -> None:
    case = "  - {{name: t{0}, params: {{days: {0}}}, input: a, expect: [{{contains: a}}]}}\n"
    file.write_text(FILE + "tests:\n" + "".join(map(case.format, range(1001))))
    found = [problem.code for problem in check(file).problems]
    assert found == ["too-many-variants"]


def test_update_changes_tests_of_several_sets_of_params_at_once(file: Path, cli: Cli) -> None:
    tests = (
        TESTS.replace('"Oslo, 1 and 0.5"', '"x"')
        .replace('"Lima, 3 and 0.5"', '"${params.city}"')
        .replace("equals: Rome", "equals: y")
    )
    file.write_text(FILE + tests)
    result = cli("test", file, "--param", "city=Rome", "--update")
    assert "a.yaml:28:15: not updated: it is made of variables" in result.stderr
    assert "2 values in 1 file updated" in result.stderr
    assert result.code == 1
    tests = TESTS.replace('"Lima, 3 and 0.5"', '"${params.city}"')
    assert file.read_text() == FILE + tests
