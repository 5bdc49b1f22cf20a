"""What files share: groups of tools, models, and agents that extend those of another file."""

from collections.abc import Callable
from pathlib import Path

import pytest

import yamlagents
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.loader import check, load
from yamlagents.spec.tools.records import ToolSpec

Write = Callable[[str, str], Path]

BASE = """\
models:
  fast: {model: offline/match}
  spare: {model: openai/gpt-4.1}
tools:
  shop: ["./shop.py:find", {function: ./shop.py:refund, is_enabled: "./shop.py:is_open"}]
  spare: ./shop.py:refund
agents:
  base:
    model: fast
    tools: [shop]
    hooks: {use: "./shop.py:Journal", with: {path: a.log}}
    input_guardrails: ["./shop.py:check"]
    tool_use_behavior: {stop_at_tool_names: [find]}
    output_type: {type: object, properties: {a: {type: string}}, required: [a]}
    model_settings: {temperature: 0.2, extra_headers: {X-A: "1"}}
"""
CODE = """\
from agents import AgentHooks

class Journal(AgentHooks):
    def __init__(self, path: str) -> None:
        self.path = path

def find(order: str) -> str:
    return order

def refund(order: str) -> str:
    return order

def is_open(context, agent):
    return True

def check(context, agent, text):
    raise AssertionError
"""
MAIN = "include: [shared/base.yaml]\nagents:\n  clerk:\n    extends: base\n"


@pytest.fixture
def main(write: Write) -> Path:
    write("shared/base.yaml", BASE)
    write("shared/shop.py", CODE)
    return write("main.yaml", MAIN)


def test_a_group_of_another_file_is_found_and_leads_to_its_own_code(main: Path) -> None:
    main.write_text(MAIN + "  other: {model: fast, tools: [shop]}\n")
    spec = load(main)
    for key in ("clerk", "other"):
        tools = [tool for tool in spec.agents[key].tools if isinstance(tool, ToolSpec)]
        paths = {tool.function.path for tool in tools}
        assert (len(tools), paths) == (2, {main.parent / "shared" / "shop.py"})
    assert [tool.name for tool in yamlagents.assemble(spec).agents["other"].tools] == [
        "find",
        "refund",
    ]


def test_a_model_or_group_that_nobody_uses_is_no_problem(main: Path) -> None:
    assert check(main).problems == ()


def test_a_file_of_groups_alone_is_there_to_be_included(write: Write) -> None:
    write("shop.py", "def find() -> str:\n    return ''\n")
    assert check(write("tools.yaml", "tools: {shop: ./shop.py:find}\n")).problems == ()


def test_inherited_code_leads_to_the_file_it_is_written_in(main: Path) -> None:
    clerk = load(main).agents["clerk"]
    hooks = clerk.options["hooks"]
    assert isinstance(hooks, CodeSpec)
    assert hooks.point.path == main.parent / "shared" / "shop.py"
    assert clerk.input_guardrails[0].code is not None
    assert clerk.input_guardrails[0].code.point.path == hooks.point.path
    assert yamlagents.assemble(load(main)).agents["clerk"].hooks is not None


def test_code_replaces_code_with_its_arguments(main: Path, write: Write) -> None:
    write("own.py", "from agents import AgentHooks\n\nclass Own(AgentHooks):\n    pass\n")
    main.write_text(MAIN + "    hooks: {use: './own.py:Own'}\n")
    hooks = load(main).agents["clerk"].options["hooks"]
    assert (hooks.point.path, hooks.arguments) == (main.parent / "own.py", None)


def test_a_list_of_guardrails_and_a_schema_are_replaced(main: Path) -> None:
    schema = "{type: object, properties: {b: {type: string}}, required: [b]}"
    own = f"    input_guardrails: []\n    output_type: {schema}\n"
    main.write_text(f"{MAIN}{own}    tool_use_behavior: {{stop_at_tool_names: [refund]}}\n")
    clerk = load(main).agents["clerk"]
    assert clerk.input_guardrails == ()
    assert clerk.output is not None
    assert clerk.output.schema is not None
    assert list(clerk.output.schema["properties"]) == ["b"]
    assert clerk.options["tool_use_behavior"] == {"stop_at_tool_names": ["refund"]}


def test_what_is_wrong_with_an_inherited_setting_is_told_where_it_is_written(main: Path) -> None:
    shared = main.parent / "shared" / "base.yaml"
    shared.write_text(BASE.replace("temperature: 0.2", "tool_choice: fnd"))
    main.write_text(MAIN + "    model_settings: {top_p: 1}\n")
    problems = check(main).problems
    assert {problem.place.file.rpartition("/")[2] for problem in problems} == {"base.yaml"}
    assert {problem.code for problem in problems} == {"unknown-tool"}


def test_a_setting_reaches_what_an_included_file_declares(main: Path) -> None:
    spec = load(main, overrides=["models.fast.model=offline/sweep", "agents.base.name=Base"])
    assert spec.agents["clerk"].model.model == "offline/sweep"
    assert spec.agents["base"].name == "Base"


def test_agents_of_two_files_that_extend_each_other_are_a_problem(main: Path) -> None:
    shared = main.parent / "shared" / "base.yaml"
    shared.write_text(BASE.replace("    model: fast\n", "    model: fast\n    extends: clerk\n"))
    codes = [problem.code for problem in check(main).problems]
    assert codes == ["extends-cycle"]
