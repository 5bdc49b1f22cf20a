"""The examples of the SDK as agent files, each with its tests, and over the wire where that counts.

They are the 58 examples of version 0.22 that an agent file can say and that run on LiteLLM models.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from agents.testing import ScriptedModel, assistant_message, function_call

import yamlagents
from tests.conftest import ROOT, Cli, Result
from tests.openai_faults import Status
from tests.openai_server import OpenAIServer, Text, ToolCall

SOURCE = ROOT / "tests" / "files" / "sdk_examples"
FOLDERS = {
    "agent_patterns": "agents_as_tools_conditional agents_as_tools_streaming"
    " agents_as_tools_structured forcing_tool_use human_in_the_loop"
    " human_in_the_loop_custom_rejection human_in_the_loop_stream input_guardrails"
    " output_guardrails routing",
    "basic": "agent_lifecycle_example dynamic_system_prompt hello_world hello_world_gpt_5"
    " hello_world_gpt_oss image_tool_output lifecycle_example local_file local_image"
    " non_strict_output_type remote_image retry retry_litellm stream_function_call_args"
    " stream_items stream_text tool_guardrails tools usage_tracking",
    "customer_service": "main",
    "handoffs": "message_filter message_filter_streaming",
    "mcp": "filesystem_example git_example sse_example sse_remote_example"
    " streamable_http_remote_example streamablehttp_custom_client_example"
    " streamablehttp_example tool_filter_example",
    "memory": "encrypted_session_example file_hitl_example memory_session_hitl_example"
    " mongodb_session_example sqlalchemy_session_example sqlite_session_example",
    "model_providers": "any_llm_auto any_llm_provider custom_example_agent"
    " custom_example_global custom_example_provider litellm_auto litellm_provider",
    "reasoning_content": "gpt_oss_stream",
    "sandbox": "dataroom_qa unix_local_pty",
    "tools": "codex codex_same_thread",
}
EXAMPLES = [f"{folder}/{name}" for folder, names in FOLDERS.items() for name in names.split()]

# What is otherwise than in the original, and why. `test` here is the command.
OTHERWISE = {
    "agent_patterns/input_guardrails": "a refusal that a program would add to the talk ends it",
    "agent_patterns/output_guardrails": "the guardrail is named, but what it found is not told",
    "basic/local_file": "the document comes from Python: a test's input is text",
    "basic/local_image": "the image comes from Python: a test's input is text",
    "basic/remote_image": "the image comes from Python: a test's input is text",
    "basic/stream_function_call_args": "events tell of a call when its arguments are whole",
    "customer_service/main": "each message has a context of its own, so the handoff that fills it"
    " is taken with the message that needs it",
    "handoffs/message_filter": "one agent has the whole talk: a test cannot change it between turns",
    "handoffs/message_filter_streaming": "as message_filter",
    "mcp/filesystem_example": "a server of our own stands in for the one of npm",
    "mcp/git_example": "a server of our own stands in for `uvx mcp-server-git`",
    "mcp/sse_remote_example": "a server on this machine stands in for the remote one",
    "mcp/streamable_http_remote_example": "a server on this machine stands in for the wiki",
    "mcp/tool_filter_example": "a server of our own stands in for the one of npm",
    "memory/mongodb_session_example": "a package in memory stands in for `pymongo`",
    "model_providers/any_llm_auto": "a client of one server stands in for `any-llm-sdk`",
    "model_providers/any_llm_provider": "a client of one server stands in for `any-llm-sdk`",
    "reasoning_content/gpt_oss_stream": "what is streamed of the reasoning is no event",
    "sandbox/dataroom_qa": "there is no key for `SandboxAgent`: a tool over the SDK's sandbox",
    "sandbox/unix_local_pty": "there is no key for `SandboxAgent`: tools over the SDK's sandbox",
    "tools/codex": "a script stands in for the Codex command line",
    "tools/codex_same_thread": "as codex; the two calls are of one run, as contexts are of one",
}


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, so that nothing a command writes gets among the sources."""
    return Path(shutil.copytree(SOURCE, tmp_path_factory.mktemp("copy") / "sdk_examples"))


def address(transport: str) -> Iterator[str]:
    """Run the MCP server of the examples over HTTP, and give where it is."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    argv = [sys.executable, str(SOURCE / "mcp" / "servers" / "sums.py"), transport, str(port)]
    process = subprocess.Popen(argv)
    try:
        for _ in range(400):
            with socket.socket() as probe:
                if process.poll() is not None or probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def sse() -> Iterator[str]:
    for base in address("sse"):
        yield f"{base}/sse"


@pytest.fixture(scope="module")
def http() -> Iterator[str]:
    for base in address("streamable-http"):
        yield f"{base}/mcp"


def outcome(cli: Cli, examples: Path, name: str, **env: str) -> Result:
    folder, _, file = name.partition("/")
    return cli("test", f"{file}.yaml", cwd=examples / folder, env={"PYTHON": sys.executable, **env})


@pytest.mark.parametrize("name", [n for n in EXAMPLES if "sse" not in n and "streamable" not in n])
def test_an_example_does_what_the_original_shows(cli: Cli, examples: Path, name: str) -> None:
    result = outcome(cli, examples, name)
    assert result.code == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", [n for n in EXAMPLES if "sse_" in n])
def test_an_example_with_a_server_over_sse(cli: Cli, examples: Path, name: str, sse: str) -> None:
    result = outcome(cli, examples, name, SSE_URL=sse)
    assert result.code == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", [n for n in EXAMPLES if "streamable" in n])
def test_an_example_with_a_server_over_http(cli: Cli, examples: Path, name: str, http: str) -> None:
    result = outcome(cli, examples, name, MCP_URL=http, WIKI_URL=http)
    assert result.code == 0, result.stdout + result.stderr


def test_every_example_is_there_and_valid(cli: Cli, examples: Path) -> None:
    found = {str(path.relative_to(SOURCE).with_suffix("")) for path in SOURCE.glob("*/*.yaml")}
    assert (len(EXAMPLES), found) == (58, set(EXAMPLES))
    assert set(OTHERWISE) <= set(EXAMPLES)
    files = [f"{name}.yaml" for name in EXAMPLES]
    result = cli("validate", *files, cwd=examples)
    assert result.code == 0, result.stdout
    assert "warning[" not in result.stdout


def run(
    cli: Cli, examples: Path, server: OpenAIServer, name: str, *argv: str, **env: str
) -> Result:
    """Run an example against the server, whichever way its file says where it is."""
    folder, _, file = name.partition("/")
    names = ("OPENAI_BASE_URL", "OLLAMA_URL", "EXAMPLE_BASE_URL", "GATEWAY_URL")
    keys = ("OPENAI_API_KEY", "EXAMPLE_API_KEY", "OPENROUTER_API_KEY")
    where = {**dict.fromkeys(names, server.base_url), **dict.fromkeys(keys, "dummy"), **env}
    return cli("run", f"{file}.yaml", *argv, cwd=examples / folder, env=where)


EVENTS = {
    "basic/stream_text": (
        "Two riddles!",
        [Text("What has keys?")],
        ["agent_started", "text_delta", "model_replied"],
    ),
    "basic/stream_items": (
        "Hello",
        [ToolCall("how_many"), Text("What has keys?")],
        ["agent_started", "model_replied", "tool_called", "tool_returned", "text_delta"],
    ),
    "basic/stream_function_call_args": (
        "Make a page.",
        [ToolCall("write_page", {"path": "a.html", "text": "Hello there"}), Text("Done.")],
        ["agent_started", "model_replied", "tool_called", "tool_returned", "text_delta"],
    ),
    "agent_patterns/routing": (
        "Hvad hedder du?",
        [ToolCall("transfer_to_danish"), Text("Jeg hedder Bo.")],
        ["agent_started", "model_replied", "handed_off", "agent_started", "text_delta"],
    ),
    "handoffs/message_filter_streaming": (
        "Fale português.",
        [ToolCall("transfer_to_portuguese_assistant"), Text("Pois sim.")],
        ["agent_started", "model_replied", "handed_off", "agent_started", "text_delta"],
    ),
    "agent_patterns/agents_as_tools_streaming": (
        "What do I owe?",
        [ToolCall("ask_accounts", {"input": "C-17?"}), Text("80 euros."), Text("80 euros, then.")],
        ["agent_started", "model_replied", "tool_called", "agent_started", "model_replied"],
    ),
}


@pytest.mark.parametrize("name", EVENTS)
def test_a_streamed_run_tells_what_happens_as_it_does(
    cli: Cli, examples: Path, server: OpenAIServer, name: str
) -> None:
    said, behaviours, kinds = EVENTS[name]
    server.behave(*behaviours)
    options = ("--base-url", server.base_url, "--stream", "--events")
    result = run(cli, examples, server, name, said, *options)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    told = [event["event"] for event in events]
    assert all(request.streams for request in server.requests)
    rest = iter(told)
    assert all(kind in rest for kind in kinds), told
    assert told[-1] == "run_finished", result.stderr
    deltas = "".join(event["text"] for event in events if event["event"] == "text_delta")
    assert deltas.endswith(events[-1]["final_output"])


SENT: dict[str, tuple[str, dict[str, Any]]] = {
    "basic/hello_world_gpt_5": ("gpt-5.4-mini", {"reasoning_effort": "low", "verbosity": "low"}),
    "basic/hello_world_gpt_oss": ("gpt-oss:20b", {}),
    "reasoning_content/gpt_oss_stream": ("openai/gpt-oss-20b", {"reasoning_effort": "high"}),
    "model_providers/custom_example_agent": ("small", {}),
    "model_providers/custom_example_global": ("small", {}),
    "model_providers/custom_example_provider": ("openai/small", {}),
}


@pytest.mark.parametrize("name", SENT)
def test_a_model_is_asked_where_and_as_its_file_says(
    cli: Cli, examples: Path, server: OpenAIServer, name: str
) -> None:
    server.behave(Text("It is so."))
    result = run(cli, examples, server, name, "What is it?")
    assert (result.code, result.stdout) == (0, "It is so.\n"), result.stderr
    model, settings = SENT[name]
    body = server.requests[0].body
    assert body["model"] == model
    assert {key: body.get(key) for key in settings} == settings


@pytest.mark.parametrize("name", ["litellm_auto", "litellm_provider"])
def test_a_litellm_model_takes_the_tool_and_the_output(
    cli: Cli, examples: Path, server: OpenAIServer, name: str
) -> None:
    output = json.dumps({"poem": "Clear above Lima", "seen": []})
    server.behave(ToolCall("weather_in", {"city": "Lima"}), Text(output))
    where = ("--base-url", server.base_url)
    result = run(cli, examples, server, f"model_providers/{name}", "Lima?", *where)
    assert (result.code, json.loads(result.stdout)["seen"]) == (0, []), result.stderr
    first, second = (request.body for request in server.requests)
    assert first["model"] == "openai/gpt-5.4-mini"
    if name == "litellm_auto":
        assert first["tool_choice"] == "required"
        assert second["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize("name", ["retry", "retry_litellm"])
def test_what_fails_is_tried_again(
    cli: Cli, examples: Path, server: OpenAIServer, name: str
) -> None:
    server.behave(Status(503), Status(429), Text("Wait."))
    where = ("--base-url", server.base_url)
    result = run(cli, examples, server, f"basic/{name}", "Explain!", *where)
    assert (result.code, result.stdout, len(server.requests)) == (0, "Wait.\n", 3), result.stderr


def test_a_type_that_cannot_be_strict_is_refused(
    cli: Cli, examples: Path, server: OpenAIServer
) -> None:
    strict = ("--set", "agents.joker.strict_json_schema=true")
    result = run(cli, examples, server, "basic/non_strict_output_type", "Go!", *strict)
    assert result.code == 2
    assert "error[bad-output-type]: this output_type cannot be strict" in result.stderr
    assert server.requests == []


def outside(examples: Path, name: str, *argv: str, said: str = "", **env: str) -> str:
    """Run a command in a process of its own, where the stand-ins for packages are found."""
    folder, _, file = name.partition("/")
    where = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(SOURCE / "standins"))),
        **env,
    }
    command = [sys.executable, "-m", "yamlagents", argv[0], f"{file}.yaml", *argv[1:]]
    options: Any = {"capture_output": True, "text": True, "input": said, "env": where}
    ran = subprocess.run(command, cwd=examples / folder, check=False, **options)
    assert ran.returncode == 0, ran.stderr
    return str(ran.stdout)


@pytest.mark.parametrize("name", ["any_llm_auto", "any_llm_provider"])
@pytest.mark.skipif(importlib.util.find_spec("any_llm") is not None, reason="the real one is there")
def test_a_model_of_another_package(examples: Path, server: OpenAIServer, name: str) -> None:
    output = json.dumps({"poem": "Clear above Lima", "seen": []})
    server.behave(ToolCall("weather_in", {"city": "Lima"}), Text(output))
    env = {"EXAMPLE_BASE_URL": server.base_url, "OPENROUTER_API_KEY": "dummy"}
    said = outside(examples, f"model_providers/{name}", "run", "Lima?", **env)
    assert json.loads(said)["poem"] == "Clear above Lima"
    assert [r.body["model"] for r in server.requests] == ["openai/gpt-5.4-mini"] * 2


@pytest.mark.skipif(importlib.util.find_spec("pymongo") is not None, reason="the real one is there")
def test_a_talk_is_kept_in_mongodb(examples: Path, server: OpenAIServer) -> None:
    server.behave(Text("Prague."), Text("Czechia."))
    options = ("chat", "--base-url", server.base_url, "--api-key", "dummy", "--session", "a")
    said = outside(examples, "memory/mongodb_session_example", *options, said="Town?\nCountry?\n")
    assert said.splitlines() == ["Prague.", "Czechia."]
    assert told(server) == ["Town?", "Prague.", "Country?"]


def told(server: OpenAIServer) -> list[str]:
    """Give what the last request told of the talk, without instructions."""
    return [m["content"] for m in server.requests[-1].body["messages"] if m["role"] != "system"]


STORES = {"sqlite": "sqlite3", "encrypted": "cryptography", "sqlalchemy": "sqlalchemy"}


@pytest.mark.parametrize("kind", STORES)
def test_runs_go_on_with_a_session(
    cli: Cli, examples: Path, server: OpenAIServer, kind: str, tmp_path: Path
) -> None:
    pytest.importorskip(STORES[kind])
    where = {"SESSION_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}
    where["SESSIONS_URL"] = f"sqlite+aiosqlite:///{tmp_path}/talks.db"
    server.behave(Text("Prague."), Text("Czechia."))
    for question in ("Town?", "Country?"):
        options = (question, "--base-url", server.base_url)
        name = f"memory/{kind}_session_example"
        assert run(cli, examples, server, name, *options, SESSIONS_DB=f"{kind}.db", **where).code == 0
    assert told(server) == ["Town?", "Prague.", "Country?"]
    for path in (*(examples / "memory").glob("encrypted.db*"),):
        assert b"Prague" not in path.read_bytes()


PDF, PNG = ("media/page.pdf", "application/pdf"), ("media/dot.png", "image/png")


def data(path: str, kind: str) -> str:
    content = base64.b64encode((SOURCE / "basic" / path).read_bytes()).decode()
    return f"data:{kind};base64,{content}"


@pytest.mark.parametrize(
    ("name", "part", "sent"),
    [
        ("remote_image", {"image_url": "https://example.com/tower.png"}, "https://example.com/t"),
        ("local_image", {"image_url": data(*PNG)}, data(*PNG)),
        ("local_file", {"file_data": data(*PDF), "filename": "page.pdf"}, data(*PDF)),
    ],
    ids=["remote_image", "local_image", "local_file"],
)
def test_images_and_documents_are_input(
    examples: Path, server: OpenAIServer, name: str, part: dict[str, str], sent: str
) -> None:
    server.behave(Text("A clock tower."))
    overrides = {"base_url": server.base_url, "api_key": "dummy"}
    spec = yamlagents.load(examples / "basic" / f"{name}.yaml").with_models(**overrides)
    kind = "input_file" if "filename" in part else "input_image"
    seen = {"role": "user", "content": [{"type": kind, **part}]}
    result = yamlagents.run_sync(yamlagents.assemble(spec), "What is it?", history=[seen])
    assert result.final_output == "A clock tower."
    assert sent in json.dumps(server.requests[0].body["messages"])


Approve = Callable[[yamlagents.Approval], bool]
Turn = tuple[str, dict[str, Any]] | str
APPROVALS: dict[str, tuple[list[Turn], list[str]]] = {
    "agent_patterns/human_in_the_loop": (
        [("open_hut", {"mountain": "Rigi"}), "It is open."],
        ["open_hut"],
    ),
    "agent_patterns/human_in_the_loop_stream": (
        [("open_hut", {"mountain": "Rigi"}), "It is open."],
        ["open_hut"],
    ),
    "agent_patterns/human_in_the_loop_custom_rejection": (
        [("send_release", {"headline": "Bridge", "text": "Closed."}), "It went out."],
        ["send_release"],
    ),
    "agent_patterns/agents_as_tools_conditional": (
        [("in_spanish", {"input": "Good day"}), ("user_name", {}), "Buenos días.", "Buenos días!"],
        ["in_spanish", "user_name"],
    ),
    "memory/memory_session_hitl_example": (
        [("tide", {"harbour": "Brest"}), "At noon."],
        ["tide"],
    ),
    "memory/file_hitl_example": ([("look_up_member", {}), "It is Ada."], ["look_up_member"]),
    "mcp/tool_filter_example": (
        [("list_directory", {"path": "."}), ("read_file", {"path": "birds.txt"}), "Two birds."],
        ["list_directory", "read_file"],
    ),
}


def scripted(examples: Path, name: str, turns: list[Turn]) -> yamlagents.Team:
    outputs: list[Any] = [
        assistant_message(turn) if isinstance(turn, str) else function_call(*turn, call_id=f"c{n}")
        for n, turn in enumerate(turns)
    ]
    model = ScriptedModel([[output] for output in outputs])
    return yamlagents.assemble(yamlagents.load(examples / f"{name}.yaml"), models=lambda _: model)


@pytest.mark.parametrize("name", APPROVALS)
def test_what_is_approved_is_called_and_the_run_goes_on(
    examples: Path, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHON", sys.executable)
    monkeypatch.setenv("TALKS", str(tmp_path))
    turns, wanted = APPROVALS[name]
    asked: list[str] = []

    def approve(item: yamlagents.Approval) -> bool:
        asked.append(item.tool)
        return True

    team = scripted(examples, name, turns)
    result = yamlagents.run_sync(team, "Go!", approve=approve, streamed="stream" in name)
    assert (asked, result.final_output) == (wanted, turns[-1])
    assert [call.name for call in result.tool_calls] == wanted
    assert not any(call.error for call in result.tool_calls)


def test_what_is_not_approved_is_told_in_the_words_of_the_file(examples: Path) -> None:
    name = "agent_patterns/human_in_the_loop_custom_rejection"
    team = scripted(examples, name, APPROVALS[name][0][:1] + ["So be it."])
    result = yamlagents.run_sync(team, "Go!", approve=lambda _: False)
    (output,) = [item for item in result.history if item.get("type") == "function_call_output"]
    assert output["output"] == "The release stays here: the editor did not approve it."
    assert result.final_output == "So be it."
