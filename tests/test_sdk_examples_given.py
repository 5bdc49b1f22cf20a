"""The SDK's examples that take more than text: approvals, images, and documents."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from agents.testing import ScriptedModel, assistant_message, function_call

import yamlagents
from tests.openai_server import OpenAIServer, Text
from tests.sdk_examples import SOURCE, copied


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("copy"))


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
