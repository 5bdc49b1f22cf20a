"""Who asks again after a failed request, and how often."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.openai_faults import Status
from tests.openai_server import HELLO, OpenAIServer, Text

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
