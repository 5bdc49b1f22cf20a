"""Hosted tools: built with their options, called by OpenAI's Responses API, refused elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import yamlagents
from tests.conftest import Cli
from tests.responses_server import Items, ResponsesServer, Text

Write = Callable[[str, str], Path]
CODE = '''\
from agents import AsyncComputer
from agents.editor import ApplyPatchResult


def find(name: str) -> str:
    """Find a customer."""
    return f"{name} is a customer"


async def run_shell(request):
    return "ran " + " ".join(request.data.action.commands)


def run_local(request):
    return "ran " + " ".join(request.data.action.command)


async def calculate(context, text):
    return str(eval(text))


def approve(*args):
    return {"approve": True}


class Editor:
    def create_file(self, operation):
        return ApplyPatchResult(status="completed", output=f"made {operation.path}")

    update_file = delete_file = create_file


class Screen(AsyncComputer):
    environment, dimensions = "browser", (10, 10)

    async def screenshot(self):
        return "aGk="

    async def click(self, x, y, button):
        pass

    double_click = scroll = type = wait = move = keypress = drag = click
'''
TEAM = """\
models:
  m: {{model: openai/gpt-4.1, provider: openai_responses, base_url: "{url}", api_key: "${{K:-k}}"}}
agents:
  a: {{instructions: Hi., model: m, tools: [{tools}]}}
"""

# What is written, and what is sent.
SENT: dict[str, tuple[str, dict[str, Any]]] = {
    "web_search": (
        "{hosted: web_search, user_location: {type: approximate, city: Oslo},"
        " filters: {allowed_domains: [a.b]}, search_context_size: low, external_web_access: false}",
        {
            "type": "web_search",
            "user_location": {"type": "approximate", "city": "Oslo"},
            "filters": {"allowed_domains": ["a.b"]},
            "search_context_size": "low",
            "external_web_access": False,
        },
    ),
    "file_search": (
        "{hosted: file_search, vector_store_ids: [vs_1], max_num_results: 3,"
        " filters: {type: eq, key: a, value: b}}",
        {
            "type": "file_search",
            "vector_store_ids": ["vs_1"],
            "max_num_results": 3,
            "filters": {"type": "eq", "key": "a", "value": "b"},
        },
    ),
    "code_interpreter": (
        "{hosted: code_interpreter, tool_config: {container: {type: auto}}}",
        {"type": "code_interpreter", "container": {"type": "auto"}},
    ),
    "image_generation": (
        "{hosted: image_generation, tool_config: {size: 1024x1024, x-why: b}}",
        {"type": "image_generation", "size": "1024x1024"},
    ),
    "hosted_mcp": (
        "{hosted: hosted_mcp, tool_config: {server_label: docs, server_url: 'https://a.b/mcp',"
        " require_approval: never}, on_approval_request: './code.py:approve'}",
        {
            "type": "mcp",
            "server_label": "docs",
            "server_url": "https://a.b/mcp",
            "require_approval": "never",
        },
    ),
    "shell": (
        "{hosted: shell, executor: './code.py:run_shell', needs_approval: true}",
        {"type": "shell", "environment": {"type": "local"}},
    ),
    "container": (
        "{hosted: shell, environment: {type: container_auto, memory_limit: 1g}}",
        {"type": "shell", "environment": {"type": "container_auto", "memory_limit": "1g"}},
    ),
    "local_shell": (
        "{hosted: local_shell, executor: './code.py:run_local'}",
        {"type": "local_shell"},
    ),
    "apply_patch": ("{hosted: apply_patch, editor: './code.py:Editor'}", {"type": "apply_patch"}),
    "custom": (
        "{hosted: custom, name: calc, description: Calculates., format: {type: text},"
        " on_invoke_tool: './code.py:calculate'}",
        {
            "type": "custom",
            "name": "calc",
            "description": "Calculates.",
            "format": {"type": "text"},
        },
    ),
}


@pytest.fixture
def openai() -> Iterator[ResponsesServer]:
    server = ResponsesServer()
    with server:
        yield server


@pytest.fixture
def run(cli: Cli, write: Write, openai: ResponsesServer) -> Callable[..., Any]:
    def call(*tools: str, options: tuple[str, ...] = ("--json",)) -> Any:
        write("code.py", CODE)
        path = write("team.yaml", TEAM.format(url=openai.base_url, tools=", ".join(tools)))
        return cli("run", path, "Find Ada", *options, cwd=path.parent)

    return call


@pytest.mark.parametrize(("written", "sent"), SENT.values(), ids=SENT)
def test_a_hosted_tool_is_sent_as_it_is_written(
    run: Callable[..., Any], openai: ResponsesServer, written: str, sent: Mapping[str, Any]
) -> None:
    result = run(written)
    assert (result.code, result.stderr) == (0, "")
    assert openai.requests[0].body["tools"] == [sent]


def test_tools_that_are_loaded_later_are_searched(
    run: Callable[..., Any], openai: ResponsesServer
) -> None:
    crm = "{namespace: crm, description: Customers., tools: ['./code.py:find']}"
    later = "{function: './code.py:calculate', defer_loading: true, strict_mode: false}"
    found = Items(({**function_call("find"), "namespace": "crm"},))
    openai.behave(found, Text("done"))
    told = json.loads(run(crm, later, "{hosted: tool_search}").stdout)
    tools = openai.requests[0].body["tools"]
    assert [(tool["type"], tool.get("name")) for tool in tools] == [
        ("namespace", "crm"),
        ("function", "calculate"),
        ("tool_search", None),
    ]
    assert told["tool_calls"][0]["output"] == "Ada is a customer"


def test_code_that_the_model_writes_calls_tools(
    run: Callable[..., Any], openai: ResponsesServer
) -> None:
    find = "{function: './code.py:find', allowed_callers: [programmatic]}"
    openai.behave(Text())
    assert run(find, "{hosted: programmatic_tool_calling}").code == 0
    sent = openai.requests[0].body["tools"]
    assert sent[0]["allowed_callers"] == ["programmatic"]
    assert sent[1] == {"type": "programmatic_tool_calling"}
    assert "do not go together" in run(find, options=()).stderr


def function_call(name: str) -> dict[str, Any]:
    call = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": name}
    return {**call, "arguments": '{"name": "Ada"}', "status": "completed"}


def test_a_search_without_anything_to_find_is_refused(run: Callable[..., Any]) -> None:
    result = run("{hosted: tool_search}", options=())
    assert result.code == 2
    assert "error[bad-tool]: the tools of the agent 'a' do not go together" in result.stderr


WEB = {"type": "web_search_call", "id": "ws_1", "status": "completed"}
NO_PAGE = {"type": "http_error", "code": 404, "message": "no such page"}
MCP = {
    "type": "mcp_call",
    "id": "mcp_1",
    "server_label": "docs",
    "name": "look",
    "status": "failed",
}
RAN: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "web_search": (
        {**WEB, "action": {"type": "search", "query": "weather"}},
        ("web_search", {"type": "search", "query": "weather"}, None),
    ),
    "mcp": (
        {**MCP, "arguments": '{"a": 1}', "output": None, "error": NO_PAGE},
        ("look", {"a": 1}, "no such page"),
    ),
}


@pytest.mark.parametrize(("item", "told"), RAN.values(), ids=RAN)
def test_what_the_provider_ran_is_told(
    run: Callable[..., Any], openai: ResponsesServer, item: Any, told: tuple[Any, ...]
) -> None:
    openai.behave(Text("done", before=(item,)))
    calls = json.loads(run("{hosted: web_search}").stdout)["tool_calls"]
    assert [(call["name"], call["arguments"], call["error"]) for call in calls] == [told]


ACTION = {"commands": ["ls", "-l"], "timeout_ms": None, "max_output_length": None}
PATCH = {"type": "create_file", "path": "a.txt", "diff": "+hi"}
HERE: dict[str, tuple[str, dict[str, Any], str]] = {
    "shell": (
        SENT["shell"][0].replace(", needs_approval: true", ""),
        {"type": "shell_call", "id": "sh_1", "status": "completed", "action": ACTION},
        "ran ls -l",
    ),
    "apply_patch": (
        SENT["apply_patch"][0],
        {"type": "apply_patch_call", "id": "ap_1", "status": "completed", "operation": PATCH},
        "made a.txt",
    ),
    "custom": (
        SENT["custom"][0],
        {"type": "custom_tool_call", "id": "ct_1", "name": "calc", "input": "6*7"},
        "42",
    ),
}


@pytest.mark.parametrize(("written", "item", "output"), HERE.values(), ids=HERE)
def test_code_of_the_project_does_what_is_asked_for(
    run: Callable[..., Any],
    openai: ResponsesServer,
    written: str,
    item: Mapping[str, Any],
    output: str,
) -> None:
    openai.behave(Items(({**item, "call_id": "call_1"},)), Text("done"))
    result = run(written)
    told = json.loads(result.stdout)
    assert (result.code, told["final_output"]) == (0, "done")
    assert output in str(openai.requests[1].body["input"][-1])
    assert [output in call["output"] for call in told["tool_calls"]] == [True]


def test_a_computer_is_used(run: Callable[..., Any], openai: ResponsesServer) -> None:
    click = {"type": "click", "x": 1, "y": 2, "button": "left"}
    item = {"type": "computer_call", "id": "cu_1", "call_id": "call_1", "action": click}
    rest = {"pending_safety_checks": [], "status": "completed"}
    openai.behave(Items(({**item, **rest},)), Text("done"))
    result = run("{hosted: computer, computer: './code.py:Screen'}")
    assert json.loads(result.stdout)["final_output"] == "done"
    assert openai.requests[1].body["input"][-1]["type"] == "computer_call_output"


def test_a_prompt_that_openai_keeps(
    run: Callable[..., Any], openai: ResponsesServer, write: Write, cli: Cli
) -> None:
    run()
    text = (write("x", "").parent / "team.yaml").read_text()
    prompt = "prompt: {id: pmpt_1, variables: {tone: kind}}"
    path = write("team.yaml", text.replace("tools: []", prompt))
    assert cli("run", path, "Find Ada", cwd=path.parent).code == 0
    sent = openai.requests[-1].body["prompt"]
    assert (sent["id"], sent["variables"]) == ("pmpt_1", {"tone": "kind"})


REFUSED = {
    "hosted": ("tools: [{hosted: web_search}]", "the tool 'web_search' of"),
    "namespace": (
        "tools: [{namespace: crm, description: A., tools: ['./code.py:find']}]",
        "the namespace 'crm' of",
    ),
    "group": ("tools: [searches]", "the tool 'file_search' of"),
    "prompt": ("prompt: {id: pmpt_1}", "'prompt' of"),
    **{
        key: (f"tools: [{{function: './code.py:find', {key}: {value}}}]", f"'{key}' of a tool of")
        for key, value in (
            ("defer_loading", "true"),
            ("allowed_callers", "[direct]"),
            ("output_json_schema", "{type: object}"),
        )
    },
}
MODELS = """\
models:
  fast: {model: openai/gpt-4.1, provider: openai_responses, fallbacks: [anthropic/claude-haiku-4-5]}
  chat: {model: openai/gpt-4o, provider: openai_chat}
tools:
  searches: {hosted: file_search, vector_store_ids: [vs_1]}
agents:
"""


@pytest.mark.parametrize(
    ("model", "named"),
    [
        ("openai/gpt-4.1", "its model 'openai/gpt-4.1'"),
        ("chat", "its model 'openai/gpt-4o'"),
        ("fast", "its fallback 'anthropic/claude-haiku-4-5'"),
    ],
)
@pytest.mark.parametrize(("given", "thing"), REFUSED.values(), ids=REFUSED)
def test_other_apis_are_refused(
    cli: Cli, write: Write, *, model: str, named: str, given: str, thing: str
) -> None:
    write("code.py", CODE)
    path = write("team.yaml", f"{MODELS}  a: {{model: {model}, {given}}}\n")
    result = cli("validate", path, cwd=path.parent)
    needs = f"error[needs-responses]: {thing} the agent 'a' needs OpenAI's Responses API, which"
    assert f"{needs} {named} does not speak" in result.stdout


def test_another_model_of_the_command_line_is_refused(run: Callable[..., Any]) -> None:
    options = ("--model", "openai/gpt-4.1", "--api-key", "k")
    result = run("{hosted: web_search}", options=options)
    assert result.code == 2
    assert "team.yaml:4:44: error[needs-responses]: the tool 'web_search'" in result.stderr


def test_smoke_excuses_them(cli: Cli, write: Write) -> None:
    write("code.py", CODE)
    by_code = (
        "{function: './code.py:find', name_override: by_code, allowed_callers: [programmatic]}"
    )
    tools = [
        "./code.py:find",
        by_code,
        "{hosted: programmatic_tool_calling}",
        *(written for written, _ in SENT.values()),
    ]
    # Two of one name are none of a file.
    tools.remove(SENT["container"][0])
    url = "http://127.0.0.1:1"
    path = write("team.yaml", TEAM.format(url=url, tools=", ".join(tools)))
    result = cli("smoke", path, cwd=path.parent)
    assert result.code == 0
    assert "web_search excused: run by the provider" in result.stdout
    assert "by_code excused: called by code of the model only" in result.stdout
    assert "shell excused: called by the provider's models only" in result.stdout


def test_the_offline_model_calls_tools_in_namespaces(cli: Cli, write: Write) -> None:
    write("code.py", CODE)
    crm = "{namespace: crm, description: Customers., tools: ['./code.py:find']}"
    later = "{function: './code.py:calculate', defer_loading: true, smoke: {stub: no}}"
    tools = f"{crm}, {later}, {{hosted: tool_search}}"
    path = write("team.yaml", TEAM.format(url="http://127.0.0.1:1", tools=tools))
    assert cli("smoke", path, cwd=path.parent).code == 0
    case = (
        "tests: [{name: n, input: x, script: [{tool_calls: [{name: find, arguments: {name: A}}]},"
    )
    write("team.yaml", path.read_text() + case + " {text: y}], expect: [{tool_called: find}]}]\n")
    assert cli("test", path, cwd=path.parent).code == 0


BROKEN = {
    "executor-missing": ("{hosted: shell}", "conflicting-keys"),
    "executor-useless": (
        "{hosted: shell, executor: './code.py:run_shell', environment: {type: container_auto}}",
        "conflicting-keys",
    ),
    "unknown-option": ("{hosted: web_search, city: Oslo}", "unknown-key"),
    "unknown-kind": ("{hosted: web_serch}", "bad-value"),
    "config-missing": ("{hosted: code_interpreter}", "required-key"),
    "config-typo": ("{hosted: image_generation, tool_config: {siez: big}}", "unknown-key"),
    "editor-missing": ("{hosted: apply_patch, editor: './code.py:Editr'}", "missing-name"),
    "token": (
        "{hosted: hosted_mcp, tool_config: {server_label: a, authorization: 8fj20dkx9}}",
        "literal-secret",
    ),
    "twice": (
        "{hosted: hosted_mcp, tool_config: {server_label: a}}, "
        "{hosted: hosted_mcp, tool_config: {server_label: a}}",
        "duplicate-tool",
    ),
}


@pytest.mark.parametrize(("written", "code"), BROKEN.values(), ids=BROKEN)
def test_mistakes_are_told(cli: Cli, write: Write, written: str, code: str) -> None:
    write("code.py", CODE)
    path = write("team.yaml", TEAM.format(url="http://127.0.0.1:1", tools=written))
    result = cli("validate", path, cwd=path.parent)
    assert (result.code, result.stdout.count("error["), f"error[{code}]" in result.stdout) == (
        2,
        1,
        True,
    )


def test_an_unset_token_is_told(write: Write) -> None:
    tools = "{hosted: hosted_mcp, tool_config: {server_label: a, authorization: '${TOKEN}'}}"
    path = write("team.yaml", TEAM.format(url="http://127.0.0.1:1", tools=tools))
    with pytest.raises(yamlagents.SpecError, match="TOKEN is not set"):
        yamlagents.load(path, environ={})


def test_a_recording_answers_without_the_provider(
    cli: Cli, write: Write, openai: ResponsesServer
) -> None:
    crm = "{namespace: crm, description: Customers., tools: ['./code.py:find']}"
    write("code.py", CODE)
    case = "tests: [{name: n, input: x, expect: [{tool_called: find}, {contains: done}]}]\n"
    text = TEAM.format(url=openai.base_url, tools=f"{crm}, {{hosted: web_search}}")
    path = write("team.yaml", text + case)
    searched = {**WEB, "action": {"type": "search", "query": "weather"}}
    found = {**function_call("find"), "namespace": "crm"}
    openai.behave(Items((found,)), Text("done", before=(searched,)))
    assert cli("test", path, "--record", cwd=path.parent).code == 0
    result = cli("test", path, cwd=path.parent)
    assert (result.code, len(openai.requests)) == (0, 2), result.stdout
