"""`yamlagents chat` from a pipe: one line, one message."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli, Result
from tests.openai_faults import Status
from tests.openai_server import OpenAIServer, Text, ToolCall

Write = Callable[[str, str], Path]

KEY = {"OPENAI_API_KEY": "test-key-0123456789"}
TEAM = """\
agents:
  desk:
    instructions: Be kind.
    model: openai/gpt-4.1
    model_settings: {extra_args: {max_retries: 0}}
    handoffs: [billing]
  billing:
    name: Billing office
    instructions: Be exact.
    model: openai/gpt-4.1
    model_settings: {extra_args: {max_retries: 0}}
"""


@pytest.fixture
def chat(cli: Cli, write: Write, server: OpenAIServer) -> Callable[..., Result]:
    """Send lines to a chat with two agents."""

    def send(*lines: str, tty: bool = False) -> Result:
        file = write("team.yaml", TEAM)
        text = "".join(f"{line}\n" for line in lines)
        options = ("--base-url", server.base_url)
        return cli("chat", file, *options, input=text, env=KEY, tty=tty)

    return send


Chat = Callable[..., Result]


def sent(server: OpenAIServer) -> list[list[str | None]]:
    """Give the contents of each request's messages."""
    return [[m.get("content") for m in request.body["messages"]] for request in server.requests]


def test_earlier_messages_are_sent_again(chat: Chat, server: OpenAIServer) -> None:
    server.behave(Text("One."), Text("Two."), Text("Three."))
    result = chat("first", "", "second", "third")
    assert (result.code, result.stdout, result.stderr) == (0, "One.\nTwo.\nThree.\n", "")
    assert sent(server)[0] == ["Be kind.", "first"]
    assert sent(server)[2] == ["Be kind.", "first", "One.", "second", "Two.", "third"]


def test_reset_forgets(chat: Chat, server: OpenAIServer) -> None:
    server.behave(Text("One."), Text("Two."))
    result = chat("first", "/reset", "second")
    assert sent(server)[1] == ["Be kind.", "second"]
    assert result.stderr == "forgotten\n"


def test_quit_ends_it(chat: Chat, server: OpenAIServer) -> None:
    result = chat("/quit", "never sent")
    assert (result.code, result.stdout, server.requests) == (0, "", [])


def test_an_unknown_command_is_not_a_message(chat: Chat, server: OpenAIServer) -> None:
    result = chat("/rest now")
    assert (result.code, server.requests) == (0, [])
    assert "there is no command /rest; /reset forgets" in result.stderr


def test_usage_adds_up_all_turns_and_forgets_none(chat: Chat, server: OpenAIServer) -> None:
    server.behave(Text("One."), ToolCall("transfer_to_billing_office"), Status(500), Text("Two."))
    result = chat("first", "fails at its second request", "/reset", "third", "/usage")
    # The failed turn had one answered request.
    assert "\n3 requests, 33 tokens in, 21 out, $0.0002" in result.stderr


def test_a_failing_turn_keeps_the_conversation(chat: Chat, server: OpenAIServer) -> None:
    server.behave(Text("One."), Status(500), Text("Three."))
    result = chat("first", "second", "third")
    assert (result.code, result.stdout) == (0, "One.\nThree.\n")
    assert "error[provider-error]" in result.stderr
    assert sent(server)[2] == ["Be kind.", "first", "One.", "third"]


def test_the_exit_code_is_that_of_the_last_answer(chat: Chat, server: OpenAIServer) -> None:
    server.behave(Text("One."), Status(401))
    assert chat("first", "second").code == 3


def test_the_agent_that_answered_last_goes_on(chat: Chat, server: OpenAIServer) -> None:
    server.behave(ToolCall("transfer_to_billing_office"), Text("Paid."), Text("Again."))
    result = chat("refund me", "and again")
    assert result.stdout == "Paid.\nAgain.\n"
    assert [contents[0] for contents in sent(server)] == ["Be kind.", "Be exact.", "Be exact."]


def test_a_terminal_is_told_the_commands(chat: Chat, server: OpenAIServer) -> None:
    server.behave(Text("One."))
    result = chat("first", tty=True)
    assert result.code == 0
    assert result.stderr.startswith("/reset forgets the conversation")
    assert "One.\n" in result.stdout
    assert server.requests[0].streams


def test_a_missing_key_ends_it_before_it_begins(cli: Cli, write: Write) -> None:
    result = cli("chat", write("team.yaml", TEAM), input="hello\n")
    assert (result.code, result.stdout) == (3, "")
    assert "OPENAI_API_KEY is not set" in result.stderr
