"""MCP servers in runs: started together, named when they fail, and never left behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from agents import Agent, RunConfig, Runner
from agents.testing import ScriptedModel, assistant_message, function_call

import yamlagents
from tests.conftest import Cli
from tests.mcp_project import calls, left, over_http, server
from yamlagents.events import Event, Noticed, RunFailed, ToolReturned

Write = Callable[[str, str], Path]
Step = tuple[str, dict[str, Any]]


def scripted(*calls: Step) -> Callable[[Any], ScriptedModel]:
    """Give a model that makes these calls, one a turn, and then says `done`."""
    turns = [
        [function_call(name, arguments, call_id=str(number))]
        for number, (name, arguments) in enumerate(calls)
    ]
    return lambda _: ScriptedModel([*turns, [assistant_message("done")]])


def team_of(text: str, write: Write, *calls: Step) -> yamlagents.Team:
    spec = yamlagents.load(write("agents.yaml", text))
    return yamlagents.assemble(spec, models=scripted(*calls))


def one_server(text: str, agent: str = "") -> str:
    return (
        f"mcp_servers: {{calc: {text}}}\n"
        f"agents: {{a: {{model: offline/match, mcp_servers: [calc]{agent}}}}}\n"
    )


async def events_of(team: yamlagents.Team, **options: Any) -> list[Event]:
    return [event async for event in yamlagents.stream(team, "go", streamed=False, **options)]


def returned(events: list[Event]) -> list[ToolReturned]:
    return [event for event in events if isinstance(event, ToolReturned)]


def failed(events: list[Event]) -> yamlagents.RunError:
    assert isinstance(events[-1], RunFailed)
    return events[-1].error


def test_a_tool_of_a_server_is_called_and_told_with_its_agent(write: Write, tmp_path: Path) -> None:
    text = one_server(server(tmp_path))
    events = asyncio.run(events_of(team_of(text, write, ("add", {"a": 2, "b": 3}))))
    assert [(e.agent, e.name, e.output, e.error) for e in returned(events)] == [
        ("a", "add", "5", None)
    ]
    assert left(tmp_path) == []


def test_what_a_server_calls_an_error_is_told_as_one(write: Write, tmp_path: Path) -> None:
    text = one_server(server(tmp_path))
    events = asyncio.run(events_of(team_of(text, write, ("divide", {"a": 1, "b": 0}))))
    (call,) = returned(events)
    assert call.error is not None
    assert call.error.startswith("McpToolError: ")
    assert call.output == call.error.removeprefix("McpToolError: ")


def test_a_call_that_fails_is_an_error_and_the_run_goes_on(write: Write, tmp_path: Path) -> None:
    text = one_server(server(tmp_path))
    team = team_of(text, write, ("add", {"a": 1}), ("add", {"a": 1, "b": 1}))
    first, second = returned(asyncio.run(events_of(team)))
    assert "missing required parameters: b" in str(first.error)
    assert (second.output, second.error) == ("2", None)


def test_failure_error_function_says_what_the_model_is_told(write: Write, tmp_path: Path) -> None:
    write("rules.py", "def tell(context, error):\n    return 'try two numbers'\n")
    for agent, given in (
        (", mcp_config: {failure_error_function: ./rules.py:tell}", server(tmp_path)),
        ("", server(tmp_path, failure_error_function="./rules.py:tell")),
    ):
        team = team_of(one_server(given, agent), write, ("add", {"a": 1}))
        (call,) = returned(asyncio.run(events_of(team)))
        assert call.output == "try two numbers"
        assert "missing required parameters: b" in str(call.error)


def test_failure_error_function_of_null_stops_the_run(write: Write, tmp_path: Path) -> None:
    text = one_server(server(tmp_path), ", mcp_config: {failure_error_function: null}")
    error = failed(asyncio.run(events_of(team_of(text, write, ("add", {"a": 1})))))
    assert (error.code, error.exit) == ("tool-failed", 4)
    assert "the tool 'add' failed: " in error.message


def test_a_server_that_ends_in_the_middle_of_a_call_stops_the_run(
    write: Write, tmp_path: Path
) -> None:
    text = one_server(server(tmp_path))
    error = failed(asyncio.run(events_of(team_of(text, write, ("end", {})))))
    assert (error.code, error.exit) == ("mcp-ended", 4)
    assert "the MCP server 'calc' (agents.yaml:1:" in error.message.replace(f"{tmp_path}/", "")
    assert error.message.endswith(
        "ended while 'end' was called; the last that it wrote:\n    going down"
    )
    assert left(tmp_path) == []


def test_one_that_is_not_required_may_end(write: Write, tmp_path: Path) -> None:
    text = one_server(server(tmp_path, required=False))
    events = asyncio.run(events_of(team_of(text, write, ("end", {}))))
    (call,) = returned(events)
    assert "ended while 'end' was called" in str(call.error)
    assert isinstance(events[-1], yamlagents.events.RunFinished)


def test_servers_are_closed_when_a_run_is_cancelled(write: Write, tmp_path: Path) -> None:
    team = team_of(one_server(server(tmp_path)), write, ("wait", {"seconds": 60}))

    async def cancelled() -> list[int]:
        run = asyncio.create_task(yamlagents.run(team, "go"))
        while not left(tmp_path):
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        running = left(tmp_path)
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
        return running

    assert len(asyncio.run(cancelled())) == 1
    assert left(tmp_path) == []


FAILING = {
    "no-command": (
        '{command: no-such-program, args: [--token, "${SECRET}"]}',
        "there is no command 'no-such-program'",
    ),
    "not-executable": ("{command: ./notes.txt}", "may not be executed"),
    "nobody-there": ('{url: "http://127.0.0.1:9/mcp"}', "Could not reach the server."),
    "sse": ('{url: "http://127.0.0.1:9/sse", transport: sse}', "Could not reach the server."),
}


@pytest.mark.parametrize(("text", "reason"), FAILING.values(), ids=FAILING)
def test_a_server_that_does_not_start_is_named(
    text: str, reason: str, write: Write, cli: Cli
) -> None:
    path = write("agents.yaml", one_server(text))
    write("notes.txt", "")
    result = cli("run", path.name, "go", cwd=path.parent, env={"SECRET": "pass-in-the-clear"})
    assert (result.code, result.stdout) == (4, "")
    assert "error[mcp-failed]: the MCP server 'calc' (agents.yaml:1: " in result.stderr
    assert reason in result.stderr
    assert "  hint: " in result.stderr
    assert "pass-in-the-clear" not in result.stderr


def test_the_last_lines_of_a_server_that_ends_at_once_are_told_without_secrets(
    write: Write, tmp_path: Path, cli: Cli
) -> None:
    given = server(tmp_path, "refuse", env={"API_TOKEN": "${TOKEN}"})
    path = write("agents.yaml", one_server(given))
    result = cli("run", path.name, "go", cwd=path.parent, env={"TOKEN": "pass-in-the-clear"})
    assert result.code == 4
    assert "it ended before it answered; the last that it wrote:\n" in result.stderr
    assert "    cannot open the database, ***\n" in result.stderr


def test_a_server_that_never_answers_is_not_waited_for_for_ever(
    write: Write, tmp_path: Path, cli: Cli
) -> None:
    given = server(tmp_path, "mute", client_session_timeout_seconds=1)
    path = write("agents.yaml", one_server(given))
    result = cli("run", path.name, "go", cwd=path.parent)
    assert result.code == 4
    assert "it did not answer within 1 seconds" in result.stderr
    assert left(tmp_path) == []


@pytest.mark.parametrize("required", [True, False])
def test_a_server_that_does_not_list_its_tools_any_more(
    required: bool, write: Write, tmp_path: Path, cli: Cli
) -> None:
    given = server(tmp_path, client_session_timeout_seconds=1, required=required)
    path = write("agents.yaml", one_server(given))
    result = cli("run", path.name, "wait 60", cwd=path.parent)
    assert result.code == (4 if required else 0)
    assert "the MCP server 'calc' (agents.yaml:1: " in result.stderr
    assert ") did not list its tools between two calls: " in result.stderr
    assert left(tmp_path) == []


def test_a_server_that_writes_what_is_no_message_is_named(
    write: Write, tmp_path: Path, cli: Cli
) -> None:
    given = server(tmp_path, "chatty", env={"TOKEN": "${TOKEN}"})
    path = write("agents.yaml", one_server(given))
    env = {"TOKEN": "pass-in-the-clear"}
    result = cli("run", path.name, "add 2 and 3", cwd=path.parent, env=env)
    assert (result.code, result.stdout) == (0, "add returned 5.\n")
    said = "the MCP server 'calc' writes to its output what is no message"
    assert result.stderr == f"WARNING: {said}: 'Listening, with <redacted>'\n"


def test_one_failure_closes_the_others_and_all_failures_are_told(
    write: Write, tmp_path: Path, cli: Cli
) -> None:
    text = (
        f"mcp_servers: {{good: {server(tmp_path)}, one: {{command: no-such-a}}, "
        "two: {command: no-such-b}}\n"
        "agents: {a: {model: offline/match, mcp_servers: [good, one, two]}}\n"
    )
    path = write("agents.yaml", text)
    result = cli("run", path.name, "go", cwd=path.parent)
    assert result.code == 4
    assert "'one'" in result.stderr
    assert "'two'" in result.stderr
    assert left(tmp_path) == []


def test_one_that_is_not_required_and_does_not_start_is_a_warning(
    write: Write, tmp_path: Path, cli: Cli
) -> None:
    text = (
        f"mcp_servers: {{calc: {server(tmp_path)}, docs: {{command: no-such, required: false}}}}\n"
        "agents: {a: {model: offline/match, mcp_servers: [calc, docs]}}\n"
    )
    path = write("agents.yaml", text)
    result = cli("run", path.name, "add 2 and 3", "--events", cwd=path.parent)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    (notice,) = [event for event in events if event["event"] == "noticed"]
    assert (notice["code"], notice["severity"]) == ("mcp-failed", "warning")
    assert "'docs'" in notice["message"]
    assert events[-1]["final_output"] == "add returned 5."


def test_unset_variables_matter_once_the_server_is_started(
    write: Write, tmp_path: Path, cli: Cli
) -> None:
    given = server(tmp_path, env={"API_TOKEN": "${NO_SUCH}"})
    text = (
        f"mcp_servers: {{calc: {given}}}\n"
        "agents: {a: {model: offline/match, mcp_servers: [calc]}, b: {model: offline/match}}\n"
    )
    path = write("agents.yaml", text)
    assert cli("run", path.name, "go", "--agent", "b", cwd=path.parent).code == 0
    result = cli("run", path.name, "go", cwd=path.parent)
    assert result.code == 2
    assert "error[unset-variable]: NO_SUCH is not set" in result.stderr


def test_two_servers_with_one_name_get_prefixes_and_that_is_told(
    write: Write, tmp_path: Path
) -> None:
    one, two = server(tmp_path), server(tmp_path, name="second one")
    text = (
        f"mcp_servers: {{first: {one}, second: {two}}}\n"
        "agents:\n"
        "  a: {model: offline/match, mcp_servers: [first, second], handoffs: [b]}\n"
        "  b: {model: offline/match, mcp_servers: [first]}\n"
    )
    team = team_of(text, write, ("mcp_second_one__add", {"a": 1, "b": 2}))
    events = asyncio.run(events_of(team))
    (notice,) = [event for event in events if isinstance(event, Noticed)]
    assert (notice.code, notice.severity) == ("mcp-prefixed", "note")
    assert [call.output for call in returned(events)] == ["3"]
    assert team.agents["b"].mcp_config["include_server_in_tool_names"] is False


CLASHES = {
    "two-servers": "a: {model: offline/match, mcp_servers: [one, two], mcp_config: "
    "{include_server_in_tool_names: false}}",
    "function": "a: {model: offline/match, mcp_servers: [one], tools: [./tools.py:add]}",
    "handoff": "a: {model: offline/match, mcp_servers: [one], handoffs: [{agent: b, "
    "tool_name_override: add}]}\n  b: {model: offline/match}",
}


@pytest.mark.parametrize("agent", CLASHES.values(), ids=CLASHES)
def test_a_name_that_cannot_be_told_apart_is_a_problem_with_both_places(
    agent: str, write: Write, tmp_path: Path, cli: Cli
) -> None:
    path = write(
        "agents.yaml",
        f"mcp_servers:\n  one: {server(tmp_path)}\n  two: {server(tmp_path)}\nagents:\n  {agent}\n",
    )
    write("tools.py", "def add(a: int, b: int) -> int:\n    return a + b\n")
    result = cli("run", path.name, "go", cwd=path.parent)
    assert result.code == 2
    assert "error[duplicate-tool]: a second tool called 'add'" in result.stderr
    assert "at agents.yaml:2:3" in result.stderr
    assert left(tmp_path) == []


def test_a_prefix_that_the_file_asks_for_tells_all_apart(write: Write, tmp_path: Path) -> None:
    text = one_server(
        server(tmp_path), ", mcp_config: {include_server_in_tool_names: true}, tools: [./t.py:add]"
    )
    write("t.py", "def add(a: int, b: int) -> int:\n    return a * b\n")
    team = team_of(text, write, ("mcp_calc__add", {"a": 3, "b": 4}), ("add", {"a": 3, "b": 4}))
    assert [call.output for call in returned(asyncio.run(events_of(team)))] == ["7", "12"]


NAMED = {
    "allowed": "tool_filter: {allowed_tool_names: [ad]}",
    "blocked": "tool_filter: {blocked_tool_names: [ad]}",
    "approval": "require_approval: {ad: always}",
    "approval-list": "require_approval: {always: {tool_names: [ad]}}",
}


@pytest.mark.parametrize("keys", NAMED.values(), ids=NAMED)
def test_a_tool_that_is_named_and_not_there_is_a_problem(
    keys: str, write: Write, tmp_path: Path, cli: Cli
) -> None:
    given = f"{server(tmp_path)[:-1]}, {keys}}}"
    path = write("agents.yaml", one_server(given))
    result = cli("run", path.name, "go", cwd=path.parent)
    assert result.code == 2
    said = "error[unknown-tool]: the MCP server 'calc' has no tool 'ad'; did you mean 'add'?"
    assert said in result.stderr
    assert left(tmp_path) == []


def test_a_filter_leaves_tools_out(write: Write, tmp_path: Path, cli: Cli) -> None:
    write("rules.py", "def short(context, tool):\n    return len(tool.name) < 4\n")
    allowed = f"{server(tmp_path)[:-1]}, tool_filter: {{allowed_tool_names: [add, count]}}}}"
    by_code = f"{server(tmp_path)[:-1]}, tool_filter: ./rules.py:short}}"
    for given, names in ((allowed, ["add", "count"]), (by_code, ["add", "end"])):
        path = write("agents.yaml", one_server(given))
        result = cli("tools", path.name, "--format", "json", cwd=path.parent)
        (agent,) = json.loads(result.stdout)["agents"]
        assert [tool["name"] for tool in agent["tools"]] == names


def test_calls_that_need_approval_are_asked_for(write: Write, tmp_path: Path) -> None:
    given = f"{server(tmp_path)[:-1]}, require_approval: {{add: always}}}}"
    steps: list[Step] = [("count", {}), ("add", {"a": 1, "b": 1})]
    asked: list[str] = []

    def approve(call: yamlagents.Approval) -> bool:
        asked.append(call.tool)
        return True

    events = asyncio.run(events_of(team_of(one_server(given), write, *steps), approve=approve))
    assert asked == ["add"]
    assert [call.output for call in returned(events)] == ["1", "2"]
    error = failed(asyncio.run(events_of(team_of(one_server(given), write, *steps))))
    assert (error.code, error.exit) == ("needs-approval", 7)


def test_a_server_gets_no_variables_but_those_named(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ONE", "TWO", "THREE"):
        monkeypatch.setenv(name, f"our {name}")
    given = server(tmp_path, env={"ONE": "${ONE}!"}, inherit_env=["TWO", "NO_SUCH"])
    steps = [("read_variable", {"name": name}) for name in ("ONE", "TWO", "THREE")]
    events = asyncio.run(events_of(team_of(one_server(given), write, *steps)))
    assert [call.output for call in returned(events)] == ["our ONE!", "our TWO", "not set"]
    given = server(tmp_path, inherit_env=True)
    events = asyncio.run(events_of(team_of(one_server(given), write, *steps)))
    assert [call.output for call in returned(events)] == ["our ONE", "our TWO", "our THREE"]


def test_a_server_starts_in_the_folder_of_its_file(write: Write, tmp_path: Path) -> None:
    (tmp_path / "shared" / "data").mkdir(parents=True)
    for cwd, folder in ((None, "shared"), ("data", "shared/data")):
        given = server(tmp_path) if cwd is None else server(tmp_path, cwd=cwd)
        write("shared/servers.yaml", f"mcp_servers: {{calc: {given}}}\n")
        text = (
            "include: [shared/servers.yaml]\n"
            "agents: {a: {model: offline/match, mcp_servers: [calc]}}\n"
        )
        events = asyncio.run(events_of(team_of(text, write, ("where", {}))))
        assert [call.output for call in returned(events)] == [str(tmp_path / folder)]


@pytest.mark.parametrize("transport", ["sse", "streamable-http"])
def test_a_server_is_reached_over_http(transport: str, write: Write) -> None:
    with over_http(transport) as (url, process):
        kind = "sse" if transport == "sse" else "streamable_http"
        text = one_server(json.dumps({"url": url, "transport": kind}))
        events = asyncio.run(events_of(team_of(text, write, ("add", {"a": 2, "b": 3}))))
        assert [call.output for call in returned(events)] == ["5"]
        assert process.poll() is None


@pytest.mark.parametrize("transport", ["sse", "streamable-http"])
def test_one_that_goes_away_over_http_stops_the_run(transport: str, write: Write) -> None:
    with over_http(transport) as (url, _):
        kind = "sse" if transport == "sse" else "streamable_http"
        text = one_server(json.dumps({"url": url, "transport": kind}))
        error = failed(asyncio.run(events_of(team_of(text, write, ("end", {})))))
        assert (error.code, error.exit) == ("mcp-ended", 4)
        assert "'calc' " in error.message


def test_a_connection_is_kept_over_runs(write: Write, tmp_path: Path) -> None:
    async def counted() -> list[str]:
        outputs = []
        async with team.connected():
            for _ in range(2):
                events = await events_of(team)
                outputs += [call.output for call in returned(events)]
            assert len(left(tmp_path)) == 1
        return outputs

    turns = [[function_call("count", {}, call_id="1")], [assistant_message("done")]]
    spec = yamlagents.load(write("agents.yaml", one_server(server(tmp_path))))
    team = yamlagents.assemble(spec, models=lambda _: ScriptedModel([*turns, *turns]))
    assert asyncio.run(counted()) == ["1", "2"]
    assert left(tmp_path) == []


def test_the_agents_are_the_sdks_own(write: Write, tmp_path: Path) -> None:
    team = team_of(one_server(server(tmp_path)), write, ("add", {"a": 2, "b": 3}))
    assert isinstance(team.entry, Agent)

    async def run() -> Any:
        async with team.connected():
            config = RunConfig(tracing_disabled=True)
            return await Runner.run(team.entry, "go", run_config=config)

    result = asyncio.run(run())
    assert result.final_output == "done"
    assert left(tmp_path) == []


def test_runs_of_one_team_side_by_side_share_the_servers(write: Write, tmp_path: Path) -> None:
    steps = ("add", {"a": 2, "b": 3})
    spec = yamlagents.load(write("agents.yaml", one_server(server(tmp_path))))
    model = ScriptedModel(
        [[function_call(*steps, call_id="1")], [function_call(*steps, call_id="2")]]
        + [[assistant_message("done")]] * 2
    )
    team = yamlagents.assemble(spec, models=lambda _: model)

    async def both() -> list[yamlagents.RunResult]:
        runs = [asyncio.create_task(yamlagents.run(team, "go")) for _ in range(2)]
        return list(await asyncio.gather(*runs))

    results = asyncio.run(both())
    assert [call.output for result in results for call in result.tool_calls] == ["5", "5"]
    assert left(tmp_path) == []


def test_chat_keeps_its_servers(write: Write, tmp_path: Path, cli: Cli) -> None:
    path = write("agents.yaml", one_server(server(tmp_path)))
    result = cli("chat", path.name, input="count\ncount\n", cwd=path.parent)
    assert (result.code, result.stdout) == (0, "count returned 1.\ncount returned 2.\n")
    assert left(tmp_path) == []


def test_a_case_of_a_test_uses_them(write: Write, tmp_path: Path, cli: Cli) -> None:
    text = f"{one_server(server(tmp_path))}tests: {calls(('add', {'a': 1, 'b': 2}))}\n"
    path = write("agents.yaml", text)
    result = cli("test", path.name, cwd=path.parent)
    assert (result.code, "1 passed" in result.stderr) == (0, True)
    assert left(tmp_path) == []
