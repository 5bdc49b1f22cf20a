"""Budgets: each kind stops at the right request, with exit 5 and a true total."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli, Result
from tests.openai_faults import Hang, NoUsage, Status
from tests.openai_server import OpenAIServer, Reply, Request, Text, ToolCall, say

Write = Callable[[str, str], Path]
Spend = Callable[..., Result]

KEY = {"OPENAI_API_KEY": "test-key-0123456789"}
FILE = """\
agents:
  solo:
    instructions: Count.
    model: openai/gpt-4.1
    tools: [./tool.py:step]
run:
  max_turns: 20
  budget: {LIMIT}
"""
TOOL = 'def step() -> str:\n    """Take a step."""\n    return "done"\n'
# USD for one request of the server's: 11 tokens in, of which 3 are cached, and 7 out.
ONE = ((11 - 3) * 2 + 3 * 0.5 + 7 * 8) / 1_000_000


@pytest.fixture
def spend(cli: Cli, write: Write, server: OpenAIServer) -> Spend:
    """Run an agent that calls its tool again and again, or does as the server is told to."""
    server.behave(ToolCall("step"))

    def run(limit: str, *options: str, file: str = FILE, json: bool = True) -> Result:
        write("tool.py", TOOL)
        folder = write("a.yaml", file.replace("LIMIT", limit)).parent
        where = ("--base-url", server.base_url, *(("--json",) if json else ()))
        return cli("run", "a.yaml", "Go.", *where, *options, env=KEY, cwd=folder)

    return run


def failed(result: Result, code: str, exit: int) -> dict[str, Any]:
    """The document of a run that failed in this way."""
    document: dict[str, Any] = json.loads(result.stdout)
    assert (document["error"]["code"], result.code) == (code, exit), result.stderr
    assert document["error"]["message"] in result.stderr.replace("\n  hint: ", "; ")
    return document


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
@pytest.mark.parametrize(
    ("limit", "requests", "calls"),
    [
        pytest.param("requests: 2", 2, 2, id="requests"),
        pytest.param("tool_calls: 2", 3, 2, id="tool-calls"),
        pytest.param("tool_calls: 0", 1, 0, id="no-tool-calls"),
        # 18 tokens a request: used up exactly, the tool still runs; past it, it does not.
        pytest.param("total_tokens: 36", 2, 2, id="total-tokens-reached"),
        pytest.param("total_tokens: 37", 3, 2, id="total-tokens-exceeded"),
        pytest.param("input_tokens: 22", 2, 2, id="input-tokens"),
        pytest.param("output_tokens: 20", 3, 2, id="output-tokens"),
        pytest.param(f"usd: {2 * ONE:.10f}", 2, 2, id="usd-reached"),
        pytest.param(f"usd: {2.5 * ONE:.10f}", 3, 2, id="usd-exceeded"),
    ],
)
def test_each_kind_stops_at_the_right_request(
    spend: Spend, server: OpenAIServer, limit: str, requests: int, calls: int, stream: str
) -> None:
    document = failed(spend(limit, stream), "budget-exceeded", 5)
    kind = limit.partition(":")[0]
    assert f"budget.{kind} (a.yaml:8:{14 + len(kind)}) allows" in document["error"]["message"]
    assert len(server.requests) == document["usage"]["requests"] == requests
    assert document["usage"]["total_tokens"] == 18 * requests
    assert document["cost"]["usd"] == pytest.approx(ONE * requests)
    assert len(document["tool_calls"]) == calls
    assert document["final_output"] is None


def test_what_was_spent_is_told(spend: Spend) -> None:
    result = spend("requests: 2", json=False)
    message = result.stderr.splitlines()[0]
    told = "36 tokens, 22 input tokens, 14 output tokens, 2 requests, 2 tool calls, "
    assert message.startswith(
        "error[budget-exceeded]: budget.requests (a.yaml:8:22) allows 2 requests; "
        f"spent by now: 0.000147 USD, {told}"
    )
    assert (result.code, result.stdout) == (5, "")


@pytest.mark.parametrize("limit", ["requests: 1", "total_tokens: 18", f"usd: {ONE:.10f}"])
def test_a_limit_that_is_reached_exactly_is_kept(
    spend: Spend, server: OpenAIServer, limit: str
) -> None:
    server.behave(Text("There."))
    result = spend(limit)
    assert (result.code, json.loads(result.stdout)["final_output"]) == (0, "There.")


def test_an_answer_past_the_limit_is_a_failure_that_keeps_it(
    spend: Spend, server: OpenAIServer
) -> None:
    server.behave(Text("There."))
    document = failed(spend("total_tokens: 17"), "budget-exceeded", 5)
    assert document["final_output"] == "There."
    assert "allows 17 tokens; spent by now: " in document["error"]["message"]


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_seconds_break_a_request_off(spend: Spend, server: OpenAIServer, stream: str) -> None:
    server.behave(ToolCall("step"), Hang(60))
    document = failed(spend("seconds: 1.5", stream), "budget-exceeded", 5)
    # On a slow machine the second request is not even reached; a third never is.
    assert len(server.requests) <= 2
    assert len(document["tool_calls"]) <= document["usage"]["requests"] <= 1
    assert "allows 1.5 seconds; spent by now: " in document["error"]["message"]


def test_null_is_no_limit(spend: Spend, server: OpenAIServer) -> None:
    server.behave(ToolCall("step"), Text("There."))
    assert spend("requests: null, total_tokens: null").code == 0


def test_an_option_limits_as_well(spend: Spend, server: OpenAIServer) -> None:
    result = spend("requests: 5", "--budget", "requests=1", "--budget", "usd=1")
    document = failed(result, "budget-exceeded", 5)
    assert "budget.requests (--budget) allows 1 request; " in document["error"]["message"]
    assert len(server.requests) == 1
    short = failed(spend("", "--offline", "--budget", "seconds=0.0001"), "budget-exceeded", 5)
    assert "budget.seconds (--budget) allows 0.0001 seconds; " in short["error"]["message"]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("requests", "'requests' is not KEY=VALUE"),
        ("money=1", "'money' cannot be limited; write one of usd, total_tokens, "),
        ("request=1", "'request' cannot be limited; did you mean 'requests'?"),
        ("requests=0", "'requests' must be a whole number above 0"),
        ("requests=1.5", "'requests' must be a whole number above 0"),
        ("tool_calls=-1", "'tool_calls' must be a whole number that is 0 or more"),
        ("usd=nan", "'usd' must be a number above 0"),
    ],
)
def test_an_option_that_is_none_is_refused(spend: Spend, option: str, message: str) -> None:
    result = spend("requests: 5", "--budget", option)
    assert (result.code, message in result.stderr) == (2, True)


PARALLEL = """\
agents:
  solo: {instructions: Count., model: openai/gpt-4.1, tools: [./tool.py:step]}
run: {budget: {LIMIT}}
"""


def thrice(request: Request) -> Reply:
    """Three calls of the tool at a time."""
    function = {"name": "step", "arguments": "{}"}
    ids = [f"call_{len(request.body['messages'])}_{number}" for number in range(3)]
    calls = [{"id": id, "type": "function", "function": function} for id in ids]
    return say(request, {"tool_calls": calls}, "tool_calls")


def test_calls_of_one_turn_are_counted_one_by_one(spend: Spend, server: OpenAIServer) -> None:
    server.behave(thrice)
    document = failed(spend("tool_calls: 2", file=PARALLEL), "budget-exceeded", 5)
    assert len(document["tool_calls"]) == 2


NESTED = """\
agents:
  boss: {instructions: Ask., model: openai/gpt-4.1, tools: [{agent: clerk}]}
  clerk: {instructions: Count., model: openai/gpt-4.1, tools: [./tool.py:step]}
run: {budget: {LIMIT}}
"""


def delegate(request: Request) -> Reply:
    """The boss asks the clerk; the clerk takes a step, and says so."""
    messages = request.body["messages"]
    if messages[0]["content"] == "Ask.":
        return ToolCall("clerk", {"input": "Count."})(request)
    return (Text() if messages[-1]["role"] == "tool" else ToolCall("step"))(request)


@pytest.mark.parametrize(
    ("limit", "requests", "calls"),
    [
        pytest.param("requests: 2", 2, ["clerk", "step"], id="in-the-inner-run"),
        pytest.param("requests: 3", 3, ["clerk", "step"], id="after-the-inner-run"),
        pytest.param("tool_calls: 1", 2, ["clerk"], id="inner-tool"),
    ],
)
def test_runs_inside_the_run_count(
    spend: Spend, server: OpenAIServer, limit: str, requests: int, calls: list[str]
) -> None:
    server.behave(delegate)
    document = failed(spend(limit, file=NESTED), "budget-exceeded", 5)
    assert len(server.requests) == document["usage"]["requests"] == requests
    assert [call["name"] for call in document["tool_calls"]] == calls


def test_code_that_swallows_the_stop_does_not_undo_it(
    spend: Spend, server: OpenAIServer, write: Write
) -> None:
    server.behave(delegate)
    write("hush.py", "def hush(context, error):\n    return 'never mind'\n")
    tool = "{agent: clerk, failure_error_function: ./hush.py:hush}"
    file = NESTED.replace("{agent: clerk}", tool)
    document = failed(spend("requests: 2", file=file), "budget-exceeded", 5)
    assert (len(server.requests), document["usage"]["requests"]) == (2, 2)


GUARDED = """\
agents:
  solo:
    instructions: Count.
    model: openai/gpt-4.1
    input_guardrails: [{agent: checker, tripwire: bad, run_in_parallel: false}]
  checker:
    instructions: Check.
    model: openai/gpt-4.1
    output_type: {type: object, properties: {bad: {type: boolean}}}
    strict_json_schema: false
run: {budget: {LIMIT}}
"""


def test_a_guardrail_agent_counts(spend: Spend, server: OpenAIServer) -> None:
    server.behave(Text('{"bad": false}'))
    document = failed(spend("requests: 1", file=GUARDED), "budget-exceeded", 5)
    assert len(server.requests) == document["usage"]["requests"] == 1


RETRIED = """\
agents:
  solo:
    instructions: Count.
    model: openai/gpt-4.1
    model_settings: {retry: {max_retries: 5, on: [5xx], backoff: {initial_delay: 0}}}
run: {budget: {LIMIT}}
"""


def test_retries_count(spend: Spend, server: OpenAIServer) -> None:
    server.behave(Status(500))
    document = failed(spend("requests: 3", "--no-stream", file=RETRIED), "budget-exceeded", 5)
    assert len(server.requests) == 3
    assert "3 requests" in document["error"]["message"].partition("spent by now")[2]


REPAIRED = """\
agents:
  solo:
    instructions: Count.
    model: openai/gpt-4.1
    output_type: {type: object, properties: {n: {type: integer}}}
    strict_json_schema: false
    output_mode: prompt
run: {budget: {LIMIT}}
"""


@pytest.mark.parametrize("limit", ["requests: 1", "total_tokens: 18"])
def test_a_repair_round_counts(spend: Spend, server: OpenAIServer, limit: str) -> None:
    server.behave(Text("I count seven."), Text('{"n": 7}'))
    document = failed(spend(limit, file=REPAIRED), "budget-exceeded", 5)
    assert len(server.requests) == document["usage"]["requests"] == 1
    assert document["usage"]["total_tokens"] == 18
    assert json.loads(spend("requests: 2", file=REPAIRED).stdout)["final_output"] == {"n": 7}


def test_a_price_that_is_not_known_is_a_problem(spend: Spend, server: OpenAIServer) -> None:
    file = FILE.replace("openai/gpt-4.1", "openai/ours")
    result = spend("usd: 1", file=file, json=False)
    assert result.code == 2
    assert "a.yaml:8:17: error[unknown-price]: a budget in USD cannot be kept: " in result.stderr
    assert "openai/ours" in result.stderr
    assert server.requests == []


@pytest.mark.parametrize("limit", ["usd: 1", "output_tokens: 100"])
def test_usage_that_is_not_reported_is_a_failure(
    spend: Spend, server: OpenAIServer, limit: str
) -> None:
    server.behave(NoUsage())
    document = failed(spend(limit), "unknown-usage", 3)
    assert "cannot be kept: openai/gpt-4.1 reported no usage" in document["error"]["message"]
    assert spend("requests: 3").code == 0


def test_offline_a_price_is_not_missed(cli: Cli, write: Write) -> None:
    write("tool.py", TOOL)
    path = write("a.yaml", FILE.replace("LIMIT", "usd: 1"))
    assert cli("run", path, "Go.", "--offline").code == 0


def test_smoke_has_no_budget(cli: Cli, write: Write) -> None:
    write("tool.py", TOOL)
    path = write("a.yaml", FILE.replace("LIMIT", "requests: 1"))
    assert cli("smoke", path).code == 0


CASES = """
tests:
  - name: it goes on
    input: Go.
    script: [{tool_calls: [{name: step, arguments: {}}]}, {text: There.}]
    expect: [{error: budget-exceeded}, {requests: 1}]
"""


def test_a_case_is_run_within_the_budget(cli: Cli, write: Write) -> None:
    write("tool.py", TOOL)
    file = FILE.replace("LIMIT", "requests: 1, usd: 1") + CASES
    result = cli("test", write("a.yaml", file))
    assert "step 2 of the script was not used" in result.stdout + result.stderr
    shorter = file.replace(", {text: There.}", "")
    assert cli("test", write("a.yaml", shorter)).code == 0


WORKFLOW = """\
agents:
  first: {instructions: One., model: openai/gpt-4.1}
  second: {instructions: Two., model: openai/gpt-4.1}
workflow: {sequence: [{agent: first}, {agent: second}]}
run: {budget: {LIMIT}}
"""


def test_the_steps_of_a_workflow_share_the_budget(spend: Spend, server: OpenAIServer) -> None:
    server.behave(Text("Done."))
    document = failed(spend("requests: 1", file=WORKFLOW), "budget-exceeded", 5)
    assert len(server.requests) == document["usage"]["requests"] == 1
    assert spend("requests: 2", file=WORKFLOW).code == 0


FALLING_BACK = """\
models:
  first: {model: openai/gpt-4.1, fallbacks: [second]}
  second: {model: openai/gpt-4.1-mini}
agents:
  solo: {instructions: Count., model: first}
run: {budget: {LIMIT}}
"""


def test_fallbacks_count(spend: Spend, server: OpenAIServer) -> None:
    server.behave(Status(404), Text("There."))
    where = ("--set", f"models.first.base_url={server.base_url}")
    options = (*where, "--set", f"models.second.base_url={server.base_url}", "--no-stream")
    on = FALLING_BACK.replace("[second]", "[{model: second, on: [404]}]")
    document = failed(spend("requests: 1", *options, file=on), "budget-exceeded", 5)
    assert (len(server.requests), document["usage"]["requests"]) == (1, 0)
