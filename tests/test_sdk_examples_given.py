"""The SDK's examples that take more than text: approvals, images, documents, and contexts."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from agents.testing import ScriptedModel, assistant_message, function_call

import yamlagents
from tests.conftest import Cli
from tests.openai_server import OpenAIServer, Text
from tests.sdk_examples import SOURCE, copied, run


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("copy"))


PDF, PNG = ("media/page.pdf", "application/pdf"), ("media/dot.png", "image/png")


def data(path: str, kind: str) -> str:
    content = base64.b64encode((SOURCE / "basic" / path).read_bytes()).decode()
    return f"data:{kind};base64,{content}"


@pytest.mark.parametrize(
    ("name", "given", "sent"),
    [
        ("remote_image", "https://example.com/tower.png", "https://example.com/tower.png"),
        ("local_image", PNG[0], data(*PNG)),
        ("local_file", PDF[0], data(*PDF)),
    ],
    ids=["remote_image", "local_image", "local_file"],
)
def test_images_and_documents_are_input(
    cli: Cli, examples: Path, server: OpenAIServer, name: str, given: str, sent: str
) -> None:
    server.behave(Text("A clock tower."))
    options = ("--attach", given, "--base-url", server.base_url)
    ran = run(cli, examples, server, f"basic/{name}", "What is it?", *options)
    assert (ran.code, ran.stdout) == (0, "A clock tower.\n"), ran.stderr
    question, part = server.requests[0].body["messages"][-1]["content"]
    assert question["text"] == "What is it?"
    if name == "local_file":
        assert part["file"] == {"file_data": sent, "filename": "page.pdf"}
    else:
        assert part["image_url"] == {"url": sent, "detail": "auto"}


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
    team = scripted(examples, name, [*APPROVALS[name][0][:1], "So be it."])
    result = yamlagents.run_sync(team, "Go!", approve=lambda _: False)
    (output,) = [item for item in result.history if item.get("type") == "function_call_output"]
    assert output["output"] == "The release stays here: the editor did not approve it."
    assert result.final_output == "So be it."


def test_runs_that_share_a_context_share_a_thread_of_codex(examples: Path) -> None:
    question: Turn = (
        "codex_engineer",
        {"inputs": [{"type": "text", "text": "How?", "path": None}]},
    )
    team = scripted(examples, "tools/codex_same_thread", [question, "Once.", question, "Twice."])
    context: dict[str, str] = {}
    asked = []
    for _ in range(2):
        result = yamlagents.run_sync(team, "How is it tested?", context=context)
        asked.append(json.loads(str(result.tool_calls[0].output)))
    assert context == {"codex_thread_id_engineer": "thread-1"}
    assert [answer["thread_id"] for answer in asked] == ["thread-1"] * 2
    assert "resume" not in asked[0]["response"]
    assert "resume -- thread-1" in asked[1]["response"]


def test_messages_that_share_a_context_share_what_a_handoff_found(examples: Path) -> None:
    cabin = {"ticket": "T-55", "cabin": "12"}
    turns: list[Turn] = [("to_cabins", {}), "Your ticket?", ("change_cabin", cabin), "Done."]
    team = scripted(examples, "customer_service/main", turns)
    passenger = SimpleNamespace(ticket=None, cabin=None, sailing=None)
    first = yamlagents.run_sync(team, "Another cabin, please.", context=passenger)
    assert (first.last_agent, passenger.sailing) == ("Cabins", "S-204")
    options: dict[str, Any] = {"context": passenger, "history": first.history}
    second = yamlagents.run_sync(team, "T-55, cabin 12.", agent="cabins", **options)
    assert second.tool_calls[0].output == "T-55 has cabin 12 on S-204"
    assert (passenger.ticket, passenger.cabin) == ("T-55", "12")
