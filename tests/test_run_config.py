"""What `run` says reaches the SDK's runner: each key does what it is there for."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from agents import (
    RunConfig,
    set_trace_processors,
)
from agents.extensions import ToolOutputTrimmer
from agents.tracing import Span, Trace, TracingProcessor
from agents.tracing.processors import default_processor

import yamlagents
from tests.conftest import Cli, Result
from tests.openai_faults import Refusal
from tests.openai_server import OpenAIServer, Text, ToolCall
from yamlagents.sdk.offline import OfflineModel

Write = Callable[[str, str], Path]
Run = Callable[..., Result]

KEY = {"OPENAI_API_KEY": "test-key-0123456789"}
AGENTS = """\
agents:
  solo:
    instructions: Ask.
    model: openai/gpt-4.1
    tools: [./code.py:user, ./code.py:broken]
    handoffs: [other]
  other: {instructions: Other., model: openai/gpt-4.1}
"""
CODE = """\
from agents import GuardrailFunctionOutput, RunContextWrapper, RunHooks, RunErrorHandlerResult
from agents import ModelProvider
from agents.run_config import ModelInputData
from agents.testing import ScriptedModel, assistant_message

said = []

def user(context: RunContextWrapper) -> str:
    '''Tell who asks.'''
    found = context.context
    return repr(found if isinstance(found, dict) else found.__dict__)

def broken() -> str:
    '''Fail.'''
    raise ValueError("no disk")

class Journal(RunHooks):
    def __init__(self, mark="-"):
        self.mark = mark
    async def on_llm_start(self, *args, **named):
        print(self.mark, "llm")
    async def on_tool_end(self, context, agent, tool, result):
        print(self.mark, tool.name)
    async def on_handoff(self, context, from_agent, to_agent):
        print(self.mark, from_agent.name, to_agent.name)

class Failing(RunHooks):
    async def on_llm_start(self, *args, **named):
        raise KeyError("seat")

class Shop:
    def __init__(self, currency="EUR"):
        self.currency = currency

async def later():
    return {"user": "later"}

def never():
    raise LookupError("no context today")

def trip(context, agent, data):
    return GuardrailFunctionOutput(output_info="no", tripwire_triggered=True)

def shout(data):
    return ModelInputData([{"role": "user", "content": "HEY"}], data.model_data.instructions)

def explain(args):
    return f"{args.kind}: {args.error}"

def handle(given):
    return RunErrorHandlerResult(f"gave up: {type(given.error).__name__}")

def only_last(data):
    return data.clone(pre_handoff_items=())

def mapper(items):
    return [{"role": "user", "content": f"{len(items)} items before"}]

class Provider(ModelProvider):
    def get_model(self, name):
        if "missing" in name:
            raise LookupError(name)
        return ScriptedModel([[assistant_message(f"I am {name}.")]])

async def blocked(args):
    return "no"

DATA = {"a": 1}
def combine(history, new):
    return history + new
"""


@pytest.fixture
def run(cli: Cli, write: Write, server: OpenAIServer) -> Run:
    """Run the agents with `run` as given."""

    def call(text: str, *options: str, agents: str = AGENTS, **env: str) -> Result:
        write("code.py", CODE)
        folder = write("a.yaml", f"{agents}run:\n  {text}\n").parent
        where = ("--base-url", server.base_url, *options)
        return cli("run", "a.yaml", "Hello.", *where, env={**KEY, **env}, cwd=folder)

    return call


def config(write: Write, text: str) -> RunConfig:
    """The configuration that the SDK's runner gets."""
    write("code.py", CODE)
    spec = yamlagents.load(write("a.yaml", f"{AGENTS}run:\n  {text}\n"))
    return yamlagents.assemble(spec, models=yamlagents.offline).run.config


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("nest_handoff_history: true", {"nest_handoff_history": True}),
        ("session_settings: {limit: 3}", {"session_settings.limit": 3}),
        ("reasoning_item_id_policy: omit", {"reasoning_item_id_policy": "omit"}),
        (
            "tool_execution: {max_function_tool_concurrency: 2}",
            {"tool_execution.max_function_tool_concurrency": 2},
        ),
        ("tool_not_found_behavior: raise_error", {"tool_not_found_behavior": "raise_error"}),
        ("tool_name_collision_policy: warn", {"tool_name_collision_policy": "warn"}),
        ("workflow_name: Support", {"workflow_name": "Support"}),
        ("trace_include_sensitive_data: false", {"trace_include_sensitive_data": False}),
        ("group_id: g1", {"group_id": "g1"}),
        ("trace_metadata: {x-team: a}", {"trace_metadata": {"x-team": "a"}}),
        (
            "tracing: {include_task_and_turn_spans: false}",
            {"tracing": {"include_task_and_turn_spans": False}},
        ),
        (
            "call_model_input_filter: {tool_output_trimmer: {preview_chars: 9}}",
            {"call_model_input_filter": ToolOutputTrimmer(preview_chars=9)},
        ),
        (
            "output_guardrail_blocked_message: 'Withheld: policy'",
            {"output_guardrail_blocked_message": "Withheld: policy"},
        ),
        ("model_settings: {temperature: 0.5}", {"model_settings.temperature": 0.5}),
        (
            "max_turns: 3",
            {
                "tracing_disabled": True,
                "tool_not_found_behavior": "return_error_to_model",
                "tool_name_collision_policy": "error",
            },
        ),
    ],
)
def test_data_is_passed_on(write: Write, text: str, values: dict[str, Any]) -> None:
    made: Any = config(write, text)
    for path, value in values.items():
        found = made
        for name in path.split("."):
            found = getattr(found, name)
        assert found == value


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("handoff_input_filter", "only_last"),
        ("handoff_history_mapper", "mapper"),
        ("session_input_callback", "combine"),
        ("call_model_input_filter", "shout"),
    ],
)
def test_code_is_passed_on(write: Write, key: str, name: str) -> None:
    made = config(write, f"{key}: ./code.py:{name}")
    assert getattr(made, key).__name__ == name


def test_settings_are_over_those_of_the_agents(run: Run, server: OpenAIServer) -> None:
    server.behave(Text())
    agents = AGENTS.replace("Ask.", "Ask.\n    model_settings: {temperature: 1, top_p: 0.5}")
    assert run("model_settings: {temperature: 0, max_tokens: 9}", agents=agents).code == 0
    sent = {key: server.requests[0].body.get(key) for key in ("temperature", "top_p", "max_tokens")}
    assert sent == {"temperature": 0, "top_p": 0.5, "max_tokens": 9}


def test_input_is_filtered_before_it_is_sent(run: Run, server: OpenAIServer) -> None:
    server.behave(Text())
    assert run("call_model_input_filter: ./code.py:shout").code == 0
    assert server.requests[0].body["messages"][-1]["content"] == "HEY"


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("max_turns: 5", ["system", "user", "assistant", "tool", "assistant", "tool"]),
        ("handoff_input_filter: remove_all_tools", ["system", "user"]),
    ],
    ids=["without", "with"],
)
def test_handoffs_are_filtered(run: Run, server: OpenAIServer, text: str, roles: list[str]) -> None:
    server.behave(ToolCall("user"), ToolCall("transfer_to_other"), Text())
    assert run(text).code == 0
    assert [message["role"] for message in server.requests[-1].body["messages"]] == roles


def test_history_is_nested_by_the_file_s_own_function(run: Run, server: OpenAIServer) -> None:
    server.behave(ToolCall("transfer_to_other"), Text())
    text = "nest_handoff_history: true\n  handoff_history_mapper: ./code.py:mapper"
    assert run(text).code == 0
    said = [message["content"] for message in server.requests[-1].body["messages"]]
    assert any("items before" in str(content) for content in said)


@pytest.mark.parametrize("key", ["input_guardrails", "output_guardrails"])
def test_guardrails_stop_the_run(run: Run, server: OpenAIServer, key: str) -> None:
    server.behave(Text())
    result = run(f"{key}: [{{use: ./code.py:trip, name: watch}}]")
    assert (result.code, "the guardrail 'watch' stopped the run" in result.stderr) == (6, True)


CHECKED = """\
agents:
  solo: {instructions: Ask., model: openai/gpt-4.1}
  checker:
    instructions: Check.
    model: openai/gpt-4.1
    output_type: {type: object, properties: {bad: {type: boolean}}}
    strict_json_schema: false
"""


@pytest.mark.parametrize("bad", [True, False])
def test_an_agent_checks_a_run_and_is_not_checked_itself(
    run: Run, server: OpenAIServer, bad: bool
) -> None:
    server.behave(Text(json.dumps({"bad": bad})), Text("Fine."))
    guardrail = "{agent: checker, tripwire: bad, run_in_parallel: false}"
    result = run(f"input_guardrails: [{guardrail}]", agents=CHECKED)
    assert (result.code, len(server.requests)) == ((6, 1) if bad else (0, 2))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("max_turns: 5", "An error occurred while running the tool. Please try again."),
        ("tool_error_formatter: show_exception", "ValueError: no disk"),
        ("tool_error_formatter: ./code.py:explain", "tool_exception: no disk"),
    ],
    ids=["default", "exception", "code"],
)
def test_the_model_is_told_of_a_failed_tool(
    run: Run, server: OpenAIServer, text: str, told: str
) -> None:
    server.behave(ToolCall("broken"), Text())
    result = run(text, "--json")
    assert told in server.requests[-1].body["messages"][-1]["content"]
    assert json.loads(result.stdout)["tool_calls"][0]["error"] == "ValueError: no disk"
    assert "tool 'broken' raised ValueError" in result.stderr


def test_hooks_are_told_beside_our_own(run: Run, server: OpenAIServer) -> None:
    server.behave(ToolCall("user"), ToolCall("transfer_to_other"), Text("Done."))
    result = run("hooks: {use: ./code.py:Journal, with: {mark: '+'}}", "--json")
    lines = [line for line in result.stderr.splitlines() if line.startswith("+")]
    assert lines == ["+ llm", "+ user", "+ llm", "+ solo other", "+ llm"]
    assert json.loads(result.stdout)["usage"]["requests"] == 3


def test_code_that_raises_is_told_with_its_line(run: Run, server: OpenAIServer) -> None:
    result = run("hooks: ./code.py:Failing")
    line = CODE[: CODE.index('raise KeyError("seat")')].count("\n") + 1
    assert f"the project's own code failed: KeyError: 'seat' (code.py:{line})" in result.stderr
    assert "error[code-failed]" in result.stderr
    assert (result.code, server.requests) == (4, [])


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("context: {user: ada, tags: [a]}", {"user": "ada", "tags": ["a"]}),
        ("context: ./code.py:later", {"user": "later"}),
        ("context: ./code.py:Shop", {"currency": "EUR"}),
        ("context: {use: ./code.py:Shop, with: {currency: USD}}", {"currency": "USD"}),
    ],
    ids=["data", "async-function", "class", "class-with-arguments"],
)
def test_context_is_what_tools_see(
    run: Run, server: OpenAIServer, text: str, seen: dict[str, Any]
) -> None:
    server.behave(ToolCall("user"), Text())
    document = json.loads(run(text, "--json").stdout)
    assert document["tool_calls"][0]["output"] == repr(seen)


def test_a_context_that_cannot_be_made_is_told(run: Run, server: OpenAIServer) -> None:
    result = run("context: ./code.py:never")
    assert "the project's own code failed: LookupError: no context today" in result.stderr
    assert (result.code, server.requests) == (4, [])


def test_each_run_has_a_context_of_its_own(write: Write) -> None:
    tool = "def count(context: RunContextWrapper) -> str:\n    '''Count.'''\n"
    tool += "    context.context['seen'].append(1)\n    return str(context.context['seen'])\n"
    write("count.py", f"from agents import RunContextWrapper\n{tool}")
    agents = "agents: {a: {instructions: I, model: offline/match, tools: [./count.py:count]}}\n"
    spec = yamlagents.load(write("a.yaml", agents + "run: {context: {seen: []}}\n"))
    team = yamlagents.assemble(spec)
    for _ in range(2):
        assert yamlagents.run_sync(team, "Count.").tool_calls[0].output == "[1]"
    given = {"seen": [5]}
    assert yamlagents.run_sync(team, "Count.", context=given).tool_calls[0].output == "[5, 1]"


CASES = """\
  context: {user: ada, plan: free}
tests:
  - name: over that of the run
    input: Who?
    context: {plan: paid}
    script: [{tool_calls: [{name: user, arguments: {}}]}, {text: Done.}]
    expect: [{python: "./check.py:seen"}]
"""


def test_the_context_of_a_case_is_over_that_of_the_run(cli: Cli, write: Write) -> None:
    write("code.py", CODE)
    check = "return run.result.tool_calls[0].output == \"{'user': 'ada', 'plan': 'paid'}\""
    write("check.py", f"def seen(run):\n    {check}\n")
    result = cli("test", write("a.yaml", f"{AGENTS}run:\n{CASES}"))
    assert result.code == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("error_handlers: {max_turns: {final_output: Enough.}}", "Enough."),
        ("error_handlers: {max_turns: ./code.py:handle}", "gave up: MaxTurnsExceeded"),
    ],
    ids=["constant", "code"],
)
def test_a_run_out_of_turns_ends_with_what_the_file_says(
    run: Run, server: OpenAIServer, text: str, answer: str
) -> None:
    server.behave(ToolCall("user"))
    result = run(f"max_turns: 2\n  {text}", "--json")
    assert (result.code, json.loads(result.stdout)["final_output"]) == (0, answer)


def test_a_refusal_ends_with_what_the_file_says(run: Run, server: OpenAIServer) -> None:
    server.behave(Refusal())
    result = run("error_handlers: {model_refusal: {final_output: Ask another.}}", "--no-stream")
    assert (result.code, result.stdout) == (0, "Ask another.\n")


def test_a_bad_output_ends_with_what_the_file_says(run: Run, server: OpenAIServer) -> None:
    server.behave(Text("not JSON"))
    output = "output_type: {type: object, properties: {}}, strict_json_schema: false"
    agents = CHECKED.replace("solo: {", f"solo: {{{output}, ")
    text = "error_handlers: {invalid_final_output: {final_output: {n: null}}}"
    result = run(text, "--json", agents=agents)
    assert (result.code, json.loads(result.stdout)["final_output"]) == (0, {"n": None})


TYPED = """\
agents:
  solo: {model: offline/match, output_type: {OBJECT}, handoffs: [other]OPTIONS}
  other: {model: offline/matchOTHER}
run: {error_handlers: {max_turns: {final_output: OUTPUT}}}
"""
OBJECT = "{type: object, properties: {n: {type: integer}, who: {type: string}}}"
ANYHOW = f", output_type: {OBJECT}"


@pytest.mark.parametrize(
    ("output", "options", "other", "told"),
    [
        ("{n: one, who: me}", "", ANYHOW, "error[bad-value]: 'max_turns' gives"),
        ("{n: one, who: me}", "", ANYHOW, "'solo': n: 'one' is not of type 'integer'"),
        ("{n: 1}", "", ANYHOW, "'who' is a required property"),
        ("{n: 1, who: me, why: so}", "", ANYHOW, "'why' was unexpected"),
        ("Enough.", "", "", "warning[bad-value]: 'max_turns' gives"),
        ("{n: 1, who: me}", "", ANYHOW, None),
        ("{n: 1, why: so}", ", strict_json_schema: false", ANYHOW, None),
        ("'${NO_SUCH_ANSWER}'", "", ANYHOW, None),
        ("Enough.", "", ", output_type: {$ref: 'https://127.0.0.1:1/a'}", "warning[bad-value]"),
    ],
)
def test_what_ends_a_run_is_held_against_the_output_type(
    cli: Cli, write: Write, output: str, options: str, other: str, told: str | None
) -> None:
    text = TYPED.replace("{OBJECT}", OBJECT).replace("OUTPUT", output)
    file = write("a.yaml", text.replace("OPTIONS", options).replace("OTHER", other))
    result = cli("validate", file)
    if told is None:
        assert (result.code, "bad-value" in result.stdout) == (0, False), result.stdout
    else:
        assert told in result.stdout
        assert "a.yaml:4:50:" in result.stdout


PROVIDED = """\
agents: {a: {instructions: I, model: acme/small}}
run: {model_provider: ./code.py:Provider}
"""


def test_a_provider_is_asked_for_the_models(cli: Cli, write: Write) -> None:
    write("code.py", CODE)
    path = write("a.yaml", PROVIDED)
    assert cli("run", path, "Hello.").stdout == "I am acme/small.\n"
    assert "I am" not in cli("run", path, "Hello.", "--offline").stdout
    result = cli("run", write("a.yaml", PROVIDED.replace("small", "missing")), "Hello.")
    assert result.code == 2
    assert "gave no model for 'acme/missing': LookupError" in result.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hooks: ./code.py:Shop", "is a Shop, not an object of a subclass of the SDK's RunHooks"),
        ("model_provider: ./code.py:Shop", "is no object of a subclass of the SDK's ModelProvider"),
        (
            "output_guardrail_blocked_message: {use: ./code.py:blocked}",
            "formatter must be synchronous",
        ),
        (
            "handoff_input_filter: {use: ./code.py:Shop, with: {currency: A}}",
            "is a Shop, not a function",
        ),
        ("session_input_callback: ./code.py:nobody", "code.py has no 'nobody'"),
    ],
)
def test_code_of_another_kind_is_a_problem(run: Run, text: str, message: str) -> None:
    result = run(text)
    assert (result.code, message in result.stderr) == (2, True), result.stderr
    assert "a.yaml:9:" in result.stderr


class Recorder(TracingProcessor):
    """Keeps traces instead of sending them."""

    def __init__(self) -> None:
        self.traces: list[Trace] = []

    def on_trace_start(self, trace: Trace) -> None:
        self.traces.append(trace)

    def on_trace_end(self, trace: Trace) -> None: ...
    def on_span_start(self, span: Span[Any]) -> None: ...
    def on_span_end(self, span: Span[Any]) -> None: ...
    def shutdown(self) -> None: ...
    def force_flush(self) -> None: ...


@pytest.fixture
def traced() -> Iterator[list[Trace]]:
    """The traces that are made, none of which is sent."""
    recorder = Recorder()
    set_trace_processors([recorder])
    yield recorder.traces
    set_trace_processors([default_processor()])


TRACED = """\
tracing_disabled: false
  workflow_name: Support
  group_id: g1
  trace_id: trace_0123456789abcdef0123456789abcdef
  trace_metadata: {team: a}"""


def test_a_file_turns_tracing_on(run: Run, server: OpenAIServer, traced: list[Trace]) -> None:
    server.behave(Text())
    assert run(TRACED).code == 0
    (trace,) = traced
    exported = trace.export() or {}
    assert (exported["workflow_name"], exported["group_id"]) == ("Support", "g1")
    assert (exported["id"], exported["metadata"]) == (trace.trace_id, {"team": "a"})


@pytest.mark.parametrize(
    ("text", "options"),
    [("max_turns: 3", ()), (TRACED, ("--offline",))],
    ids=["not-said", "offline"],
)
def test_nothing_is_traced(
    run: Run, server: OpenAIServer, traced: list[Trace], text: str, options: tuple[str, ...]
) -> None:
    server.behave(Text())
    result = run(text, *options)
    assert (result.code, traced, result.stderr) == (0, [], "")


KEYLESS = "models: {m: {model: openai/gpt-4.1, api_key: '${MODEL_KEY}'}}\n" + AGENTS.replace(
    "openai/gpt-4.1", "m"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TRACED, "nothing is traced: OPENAI_API_KEY, which traces are sent with, is not set"),
        (
            TRACED + "\n  tracing: {api_key: '${TRACE_KEY}'}",
            "nothing is traced: the variable of run.tracing.api_key is not set",
        ),
    ],
    ids=["default", "own"],
)
def test_tracing_without_a_key_says_so(
    cli: Cli, write: Write, server: OpenAIServer, text: str, message: str
) -> None:
    server.behave(Text())
    write("code.py", CODE)
    path = write("a.yaml", f"{KEYLESS}run:\n  {text}\n")
    env = {"MODEL_KEY": "test-key-0123456789"}
    result = cli("run", path, "Hello.", "--base-url", server.base_url, env=env)
    assert (result.code, message in result.stderr) == (0, True), result.stderr


def test_tests_are_not_traced(cli: Cli, write: Write, traced: list[Trace]) -> None:
    write("code.py", CODE)
    case = "tests: [{name: t, input: Hi., script: [{text: Hi.}], expect: [{contains: Hi}]}]\n"
    result = cli("test", write("a.yaml", f"{AGENTS}run:\n  {TRACED}\n{case}"), env=KEY)
    assert (result.code, traced) == (0, [])


def test_a_conversation_goes_on_at_openai(write: Write) -> None:
    models = "models: {m: {model: openai/gpt-4.1, provider: openai_responses}}\n"
    agents = "agents: {a: {instructions: I, model: m}}\n"
    text = models + agents + "run: {conversation_id: conv_1}\n"
    team = yamlagents.assemble(yamlagents.load(write("a.yaml", text)), models=_Asked)
    model = team.entry.model
    assert isinstance(model, _Asked)
    first = yamlagents.run_sync(team, "One.")
    yamlagents.run_sync(team, "Two.", history=first.history)
    assert [kept for kept, _ in model.asked] == ["conv_1", "conv_1"]
    assert [items[-1]["content"] for _, items in model.asked] == ["One.", "Two."]
    assert [len(items) for _, items in model.asked] == [1, 1]


class _Asked(OfflineModel):
    """An offline model that goes by another name, and keeps what it is asked."""

    def __init__(self, _: object) -> None:
        super().__init__("match")
        self.model = "openai/gpt-4.1"
        self.asked: list[tuple[Any, Any]] = []

    async def get_response(self, *args: Any, **options: Any) -> Any:
        self.asked.append((options["conversation_id"], options["input"]))
        return await super().get_response(*args, **options)


INCLUDING = """\
include: [shared.yaml]
agents: {a: {instructions: I, model: openai/gpt-4.1}}
run:
  max_turns: null
  budget: {usd: 0.5, seconds: null}
  context: {user: ada}
  hooks: {use: ./code.py:Journal}
"""
SHARED = """\
run:
  max_turns: 3
  workflow_name: Shared
  budget: {usd: 9, requests: 4, seconds: 60}
  context: {plan: free}
  hooks: {use: ./code.py:Journal, with: {mark: '*'}}
"""


def test_the_nearest_file_wins_key_by_key(write: Write) -> None:
    write("code.py", CODE)
    write("shared.yaml", SHARED)
    run = yamlagents.load(write("a.yaml", INCLUDING)).run
    assert run.max_turns is None
    assert {kind: limit.amount for kind, limit in run.budget.items()} == {"usd": 0.5, "requests": 4}
    assert str(run.budget["requests"].place).endswith("shared.yaml:4:30")
    assert run.context == {"user": "ada", "plan": "free"}
    assert run.options["workflow_name"] == "Shared"
    assert run.hooks is not None
    assert run.hooks.arguments is None


RECORDED = """\
models: {m: {model: openai/gpt-4.1, base_url: SERVER}}
agents:
  a: {instructions: I, model: m}
  checker:
    instructions: C
    model: m
    output_type: {type: object, properties: {bad: {type: boolean}}}
    strict_json_schema: false
run:
  model_settings: {temperature: 0}
  input_guardrails: [{agent: checker, tripwire: bad, run_in_parallel: false}]
tests: [{name: t, input: Hi., expect: [{contains: Fine}]}]
"""


def test_guardrails_and_settings_of_runs_are_recorded(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    text = RECORDED.replace("SERVER", server.base_url)
    server.behave(Text('{"bad": false}'), Text("Fine."))
    assert cli("test", write("a.yaml", text), "--record", env=KEY).code == 0
    assert cli("test", write("a.yaml", text)).code == 0
    assert len(server.requests) == 2
    result = cli("test", write("a.yaml", text.replace("temperature: 0", "temperature: 1")))
    assert (result.code, "temperature" in result.stdout) == (8, True), result.stdout
