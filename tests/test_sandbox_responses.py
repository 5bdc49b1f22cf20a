"""Patches and skills: what only some models call, and what is told of before it is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.openai_server import Reply, Request
from tests.responses_server import Items, ResponsesServer, Text
from tests.sandbox_project import Write

FILE = """\
models:
  gpt:
    {model: openai/gpt-5.1, provider: openai_responses, base_url: "${URL}", api_key: "${K:-none}"}
agents:
  clerk:
    instructions: Work in the sandbox.
    model: gpt
    sandbox:
      default_manifest: {entries: {todo.md: {type: file, content: "- buy ropes\\n"}}}
run:
  sandbox: {client: unix_local}
tests:
  - name: patches
    input: Go.
    expect: [{tool_called: apply_patch}]
"""
PATCH = """\
*** Begin Patch
*** Update File: todo.md
@@
-- buy ropes
+- sell ropes
*** End Patch
"""


def patching(request: Request) -> Reply:
    """Patch, look at what came of it, and say done."""
    items = request.body["input"]
    done = [item["type"] for item in items if str(item.get("type", "")).endswith("_output")]
    if not done:
        call = {"type": "custom_tool_call", "id": "ct_1", "call_id": "call_1"}
        return Items(({**call, "name": "apply_patch", "input": PATCH},))(request)
    if len(done) == 1:
        call = {"type": "function_call", "id": "fc_2", "call_id": "call_2", "name": "exec_command"}
        return Items(({**call, "arguments": json.dumps({"cmd": "cat todo.md"})},))(request)
    return Text(f"done: {items[-1]['output']}")(request)


Run = Callable[..., str]


@pytest.fixture
def run(cli: Cli, write: Write) -> Run:
    """Run a file with the patching model; give the answer."""

    def call(*argv: str, text: str = FILE) -> str:
        file = write("office.yaml", text)
        with ResponsesServer() as server:
            server.behave(patching)
            env = {"URL": server.base_url}
            result = cli("run", file, "Go.", *argv, cwd=file.parent, env=env)
        assert result.code == 0, result.stderr
        return result.stdout

    return call


def test_a_patch_is_applied(run: Run) -> None:
    assert "- sell ropes" in run()


@pytest.mark.parametrize("deny", ["apply_patch", "*patch"])
def test_a_denied_patch_is_not_applied(run: Run, deny: str) -> None:
    assert "- buy ropes" in run("--deny", deny)


def test_a_patch_that_may_be_denied_is_asked_about(cli: Cli, write: Write) -> None:
    file = write("office.yaml", FILE)
    deny = ("--deny", "apply_patch:type=update_file", "--approve", "apply_patch")
    with ResponsesServer() as server:
        server.behave(patching)
        result = cli("run", file, "Go.", *deny, cwd=file.parent, env={"URL": server.base_url})
    assert (result.code, "needs-approval" in result.stderr) == (7, True)


def test_a_patch_that_needs_approval_waits(cli: Cli, write: Write) -> None:
    own = "    sandbox:\n      capabilities: [shell, {type: filesystem, needs_approval: true}]\n"
    file = write("office.yaml", FILE.replace("    sandbox:\n", own))
    with ResponsesServer() as server:
        server.behave(patching)
        env = {"URL": server.base_url}
        assert cli("run", file, "Go.", cwd=file.parent, env=env).code == 7
        result = cli("run", file, "Go.", "--approve", "apply_patch", cwd=file.parent, env=env)
    assert "- sell ropes" in result.stdout


def test_a_recorded_patch_is_replayed(cli: Cli, write: Write) -> None:
    file = write("office.yaml", FILE)
    with ResponsesServer() as server:
        server.behave(patching)
        env = {"URL": server.base_url}
        recorded = cli("test", file, "--record", cwd=file.parent, env=env)
    assert recorded.code == 0, recorded.stdout + recorded.stderr
    assert "Updated" in next(file.parent.glob("cassettes/**/*.yaml")).read_text()
    replayed = cli("test", file, cwd=file.parent, env={"URL": "http://localhost:1/v1"})
    assert replayed.code == 0, replayed.stdout + replayed.stderr


def test_another_model_may_not_take_the_capabilities(cli: Cli, write: Write) -> None:
    file = write("office.yaml", FILE)
    env = {"URL": "http://x/v1", "OPENAI_API_KEY": "dummy"}
    other = ("--model", "openai/gpt-4.1")
    result = cli("run", file, "Go.", *other, cwd=file.parent, env=env)
    assert (result.code, result.stderr.count("error[needs-responses]")) == (2, 2)


def test_smoke_excuses_what_only_a_provider_calls(cli: Cli, write: Write) -> None:
    file = write("office.yaml", FILE)
    result = cli("smoke", file, "--format", "json", cwd=file.parent, env={"URL": "http://x/v1"})
    assert result.code == 0, result.stdout + result.stderr
    assert "called by the provider's models only" in result.stdout


SKILL = "---\nname: sums\ndescription: How sums are checked.\n---\nAdd twice.\n"
SKILLS = {
    "written": "skills: [{name: sums, description: How sums are checked., content: Add twice.}]",
    "folder": "from_: {type: local_dir, src: skills}",
    "lazy": "lazy_from: {source: {type: local_dir, src: skills}}",
}


@pytest.mark.parametrize("source", SKILLS.values(), ids=SKILLS)
def test_skills_are_told_of_and_lie_in_the_workspace(cli: Cli, write: Write, source: str) -> None:
    write("skills/sums/SKILL.md", SKILL)
    load = "{name: load_skill, arguments: {skill_name: sums}}, " if "lazy" in source else ""
    look = "{name: exec_command, arguments: {cmd: cat .agents/sums/SKILL.md}}"
    first = f"      - tool_calls: [{load.rstrip(', ')}]\n" if load else ""
    file = write(
        "office.yaml",
        "agents:\n  clerk:\n    model: openai/gpt-4.1\n    sandbox:\n"
        f"      capabilities: [shell, {{type: skills, {source}}}]\n"
        "run:\n  sandbox: {client: unix_local}\n"
        f"tests:\n  - name: s\n    input: Go.\n    script:\n{first}"
        f"      - tool_calls: [{look}]\n      - {{text: done}}\n"
        "    expect: [{python: './checks.py:read'}]\n",
    )
    write(
        "checks.py",
        "def read(run):\n    said = str(run.result.tool_calls[-1].output)\n"
        "    return 'Add twice.' in said, said\n",
    )
    result = cli("test", file, cwd=file.parent)
    assert result.code == 0, result.stdout
    listed = cli("tools", file, cwd=file.parent).stdout
    assert ("load_skill" in listed) is bool(load)


def test_code_makes_what_data_cannot(cli: Cli, write: Write, tmp_path: Path) -> None:
    write(
        "boxes.py",
        "from agents.sandbox import Manifest, MemoryReadConfig\n"
        "from agents.sandbox.capabilities import Memory, Shell\n"
        "from agents.sandbox.entries import File\n"
        "from agents.sandbox.sandboxes.unix_local import UnixLocalSandboxClient\n\n"
        "def files(text):\n"
        "    return Manifest(entries={'made.txt': File(content=text.encode())})\n\n"
        "def memory(**given):\n"
        "    return Memory(read=MemoryReadConfig(live_update=False), **given)\n",
    )
    text = (
        "agents:\n  clerk:\n    model: openai/gpt-4.1\n    sandbox:\n"
        "      default_manifest: {use: './boxes.py:files', with: {text: by code}}\n"
        "      capabilities: ['./boxes.py:Shell', MEMORY]\n"
        "run:\n  sandbox: {client: './boxes.py:UnixLocalSandboxClient'}\n"
        "tests:\n  - name: s\n    input: Go.\n    script:\n"
        "      - tool_calls: [{name: exec_command, arguments: {cmd: cat made.txt}}]\n"
        "      - {text: done}\n    expect: [{tool_called: exec_command}]\n"
    )
    file = write(
        "office.yaml", text.replace("MEMORY", "{use: './boxes.py:memory', with: {generate: null}}")
    )
    result = cli("test", file, "-v", cwd=file.parent)
    assert result.code == 0, result.stdout
    write("office.yaml", text.replace("MEMORY", "'./boxes.py:memory'"))
    result = cli("test", file, cwd=file.parent)
    assert result.code == 2
    assert "outside its budget" in result.stdout + result.stderr
