"""Who asks again after a failed request, and how often."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.openai_faults import Status
from tests.openai_server import HELLO, OpenAIServer, Text
from yamlagents.spec.digest import definition
from yamlagents.spec.loader import load

Write = Callable[[str, str], Path]

KEY = {"OPENAI_API_KEY": "test-key-0123456789"}
PLAIN = "agents:\n  a:\n    model: openai/gpt-4.1\n"
RETRY = f"""\
{PLAIN}    model_settings:
      retry: {{max_retries: 2, backoff: {{initial_delay: 0.01, max_delay: 0.01}}}}
"""


@pytest.mark.parametrize("status", [429, 500])
@pytest.mark.parametrize("third", ["fails", "answers"])
@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_retry_makes_three_requests(
    cli: Cli, write: Write, server: OpenAIServer, status: int, third: str, stream: str
) -> None:
    fault = Status(status, headers={"retry-after": "0"})
    server.behave(fault, fault, Text() if third == "answers" else fault)
    file, options = write("a.yaml", RETRY), (stream, "--base-url", server.base_url)
    result = cli("run", file, "hello", *options, env=KEY)
    assert len(server.requests) == 3
    assert result.code == (0 if third == "answers" else 3)
    assert result.stdout == (f"{HELLO}\n" if third == "answers" else "")


@pytest.mark.parametrize("status", [400, 401, 404])
def test_what_would_fail_again_is_not_retried(
    cli: Cli, write: Write, server: OpenAIServer, status: int
) -> None:
    server.behave(Status(status), Text())
    file = write("a.yaml", RETRY)
    assert cli("run", file, "hello", "--base-url", server.base_url, env=KEY).code == 3
    assert len(server.requests) == 1


def test_retry_on_chosen_causes_only(cli: Cli, write: Write, server: OpenAIServer) -> None:
    server.behave(Status(500), Text())
    file = write("a.yaml", RETRY.replace("max_retries: 2", "max_retries: 2, on: [429]"))
    assert cli("run", file, "hello", "--base-url", server.base_url, env=KEY).code == 3
    assert len(server.requests) == 1


def test_without_retry_openai_asks_three_times(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    server.behave(Status(500))
    file = write("a.yaml", PLAIN)
    assert cli("run", file, "hello", "--base-url", server.base_url, env=KEY).code == 3
    assert len(server.requests) == 3


OVER = """\
models: {m: {model: openai/gpt-4.1, settings: {extra_args: {max_retries: 2, num_retries: 2}}}}
agents: {a: {model: m, model_settings: {retry: {max_retries: 1, backoff: {max_delay: 0.01}}}}}
"""


def test_retry_of_an_agent_stands_for_those_of_its_model(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    server.behave(Status(500, headers={"retry-after": "0"}))
    file = write("a.yaml", OVER)
    assert cli("run", file, "hello", "--base-url", server.base_url, env=KEY).code == 3
    assert len(server.requests) == 2


POLICIES = """\
from agents.retry import RetryDecision

SEEN = []

def is_teapot(context):
    return context.normalized.status_code == 418

async def later(context):
    return RetryDecision(retry=context.normalized.status_code == 418, delay=0.01)

def of(status):
    return lambda context: context.normalized.status_code == status

def broken(context):
    raise KeyError("status")

class Odd:
    pass
"""


def decided(write: Write, policy: str, more: str = "") -> Path:
    """Write a team of which code decides on retries."""
    write("retries.py", POLICIES)
    options = f"max_retries: 2, {more}policy: {policy}, backoff: {{initial_delay: 0.01}}"
    return write("a.yaml", f"{PLAIN}    model_settings: {{retry: {{{options}}}}}\n")


@pytest.mark.parametrize(
    "policy",
    [
        "./retries.py:is_teapot",
        "./retries.py:later",
        "{use: './retries.py:of', with: {status: 418}}",
    ],
    ids=["function", "async", "made"],
)
@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_code_decides_on_retries(
    cli: Cli, write: Write, server: OpenAIServer, policy: str, stream: str
) -> None:
    server.behave(Status(418), Status(418), Text())
    options = (stream, "--base-url", server.base_url)
    result = cli("run", decided(write, policy), "hello", *options, env=KEY)
    assert (result.stdout, len(server.requests)) == (f"{HELLO}\n", 3), result.stderr
    # It alone decides: what is retried otherwise is not.
    server.behave(Status(500))
    assert cli("run", "a.yaml", "hello", *options, env=KEY, cwd=write("b", "").parent).code == 3
    assert len(server.requests) == 4


def test_code_decides_beside_causes(cli: Cli, write: Write, server: OpenAIServer) -> None:
    server.behave(Status(418), Status(429), Text())
    file = decided(write, "./retries.py:is_teapot", "on: [429], ")
    assert cli("run", file, "hello", "--base-url", server.base_url, env=KEY).code == 0
    assert len(server.requests) == 3


@pytest.mark.parametrize("place", ["models", "run"])
def test_code_decides_for_a_model_and_for_runs(
    cli: Cli, write: Write, server: OpenAIServer, place: str
) -> None:
    server.behave(Status(418), Text())
    write("retries.py", POLICIES)
    retry = "{retry: {max_retries: 1, policy: ./retries.py:is_teapot}}"
    model = (
        f"models: {{m: {{model: openai/gpt-4.1, settings: {retry}}}}}\nagents: {{a: {{model: m}}}}"
    )
    text = model if place == "models" else f"{PLAIN}run: {{model_settings: {retry}}}"
    file = write("a.yaml", f"{text}\n")
    assert cli("run", file, "hello", "--base-url", server.base_url, env=KEY).code == 0


def test_a_budget_counts_what_code_retries(cli: Cli, write: Write, server: OpenAIServer) -> None:
    server.behave(Status(418))
    file = decided(write, "./retries.py:is_teapot")
    options = ("--base-url", server.base_url, "--budget", "requests=2")
    assert cli("run", file, "hello", *options, env=KEY).code == 5
    assert len(server.requests) == 2


def test_a_policy_that_fails_ends_the_run_with_its_line(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    server.behave(Status(500))
    file = decided(write, "./retries.py:broken")
    result = cli("run", file, "hello", "--base-url", server.base_url, env=KEY)
    assert result.code == 4
    assert "retries.py:15)" in result.stderr


def test_a_policy_that_is_no_function_is_told_with_its_place(cli: Cli, write: Write) -> None:
    result = cli("run", decided(write, "{use: './retries.py:Odd', with: {}}"), "hi", env=KEY)
    assert result.code == 2
    assert "a.yaml:4:" in result.stderr
    assert "'./retries.py:Odd' is a Odd, not a function" in result.stderr


def test_the_definition_is_the_same_in_every_folder(write: Write) -> None:
    found = set()
    for folder in ("one", "two"):
        write(f"{folder}/retries.py", POLICIES)
        write(f"{folder}/pyproject.toml", "")
        policy = "{use: './retries.py:of', with: {status: 418}}"
        retry = f"{{retry: {{max_retries: 1, policy: {policy}}}}}"
        text = f"agents: {{a: {{model: offline/match, model_settings: {retry}}}}}\n"
        found.add(definition(load(write(f"{folder}/a.yaml", text))))
    assert len(found) == 1
