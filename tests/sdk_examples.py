"""The examples of the SDK as agent files: which there are, what is otherwise, and running them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, Cli, Result
from tests.openai_server import OpenAIServer

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
# Those that take `workflow`, where the originals have Python that calls one agent after another.
WORKFLOWS = [
    "agents_as_tools",
    "deterministic",
    "llm_as_a_judge",
    "parallelization",
    "research_bot",
]

# Keys that tell apart whom a request was meant for.
KEYS = {"OPENAI_API_KEY": "dummy", "EXAMPLE_API_KEY": "own", "OPENROUTER_API_KEY": "gateway"}

# What is otherwise than in the original, and why. `test` here is the command.
OTHERWISE = {
    "agent_patterns/input_guardrails": "a refusal that a program would add to the talk ends it",
    "basic/hello_world_gpt_5": "it asks Chat Completions, as LiteLLM does not send `verbosity`",
    "basic/local_file": "the document goes in one message with the question, after it",
    "basic/local_image": "the image goes in one message with the question, after it",
    "basic/remote_image": "the image goes in one message with the question, after it",
    "basic/retry": "it waits for hundredths of a second only",
    "basic/retry_litellm": "as retry",
    "basic/stream_function_call_args": "events tell of a call when its arguments are whole; pieces"
    " of them are in the stream of the SDK's own `Runner`, which takes the agent as it is",
    "handoffs/message_filter": "one agent has the whole talk: a test goes on with whoever"
    " answered last",
    "handoffs/message_filter_streaming": "as message_filter",
    "mcp/filesystem_example": "a server of our own stands in for the one of npm",
    "mcp/git_example": "a server of our own stands in for `uvx mcp-server-git`",
    "mcp/sse_remote_example": "a server on this machine stands in for the remote one",
    "mcp/streamable_http_remote_example": "a server on this machine stands in for the wiki",
    "mcp/tool_filter_example": "a server of our own stands in for the one of npm",
    "memory/encrypted_session_example": "the database is a file, as each run is a program",
    "memory/file_hitl_example": "what waits is saved where that of every run is, and goes on by"
    " `yamlagents resume`",
    "memory/mongodb_session_example": "a package in memory stands in for `pymongo`",
    "memory/sqlalchemy_session_example": "the database is a file, as each run is a program",
    "memory/sqlite_session_example": "the database is a file, as each run is a program",
    "model_providers/any_llm_auto": "a client of one server stands in for `any-llm-sdk`",
    "model_providers/any_llm_provider": "a client of one server stands in for `any-llm-sdk`",
    "reasoning_content/gpt_oss_stream": "no `summary` of the reasoning is asked for, which Chat"
    " Completions do not have",
    "sandbox/dataroom_qa": "each message has a workspace of its own, with the same papers",
    "sandbox/unix_local_pty": "a script says 0 for the id of the program, which is unknown",
    "tools/codex": "a script stands in for the Codex command line",
    "tools/codex_same_thread": "as codex",
    "llm_as_a_judge": "five rounds without a good outline are a failure; the original has no end",
    "research_bot": "a search that fails ends the run, where the original leaves it out; a function"
    " stands in for OpenAI's web search; a search is told as JSON, and the report not streamed",
}


def copied(folder: Path) -> Path:
    """Copy the examples, so that nothing a command writes gets among the sources."""
    return Path(shutil.copytree(SOURCE, folder / "sdk_examples"))


@contextmanager
def listening(transport: str) -> Iterator[str]:
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


@contextmanager
def served() -> Iterator[dict[str, str]]:
    """Run it in both ways, and give where it is in the variables that the files read."""
    with listening("sse") as sse, listening("streamable-http") as http:
        yield {"SSE_URL": f"{sse}/sse", "MCP_URL": f"{http}/mcp", "WIKI_URL": f"{http}/mcp"}


def run(
    cli: Cli, examples: Path, server: OpenAIServer, name: str, *argv: str, **env: str
) -> Result:
    """Run an example against the server, whichever way its file says where it is."""
    folder, _, file = name.partition("/")
    names = ("OPENAI_BASE_URL", "OLLAMA_URL", "EXAMPLE_BASE_URL", "GATEWAY_URL")
    where = {**dict.fromkeys(names, server.base_url), **KEYS, **env}
    return cli("run", f"{file}.yaml", *argv, cwd=examples / folder, env=where)


def outside(examples: Path, name: str, *argv: str, **env: str) -> str:
    """Run a command in a process of its own, where the stand-ins for packages are found."""
    folder, _, file = name.partition("/")
    command = ["-m", "yamlagents", argv[0], f"{file}.yaml", *argv[1:]]
    return _python(command, examples / folder, env)


def program(text: str, *argv: str, cwd: Path) -> str:
    """Run a program of Python in a process of its own, where the stand-ins are found as well."""
    return _python(["-c", text, *argv], cwd, {})


def _python(command: list[str], folder: Path, env: dict[str, str]) -> str:
    path = os.pathsep.join((str(ROOT), str(SOURCE / "standins")))
    options: Any = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL}
    where = {**os.environ, "PYTHONPATH": path, **env}
    ran = subprocess.run([sys.executable, *command], cwd=folder, check=False, env=where, **options)
    assert ran.returncode == 0, ran.stderr
    return str(ran.stdout)
