"""Projects with tools that wait for approval, and what comes of their runs."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agents import Model
from agents.testing import ScriptedModel, assistant_message, function_call

import yamlagents
from tests.conftest import ROOT, Cli, Result
from yamlagents.runtime.approvals.rules import Rules
from yamlagents.spec.approvals.patterns import pattern
from yamlagents.waiting import DENIED, Approval

Write = Callable[[str, str], Path]

TOOLS = '''\
import time
from pathlib import Path


def note(text: str) -> None:
    with Path(__file__).with_name("done.txt").open("a") as file:
        file.write(text + "\\\\n")


def pay(amount: int, to: str = "ada") -> str:
    """Pay an amount."""
    note(f"paid {amount} to {to}")
    return f"paid {amount} to {to}"


def slow(amount: int) -> str:
    """Pay an amount."""
    note("slow")
    time.sleep(60)
    return "late"


def look(what: str) -> str:
    """Look up something."""
    return f"saw {what}"


def is_large(context, arguments, call_id):
    return arguments["amount"] > 100
'''.replace("\\\\n", "\\n")
PAY = "{function: ./tools.py:pay, needs_approval: true}"
QUESTION = "Pay an amount of 5"


def project(write: Write, tools: str = PAY, more: str = "", instructions: str = "Pay.") -> Path:
    """Write a project with one agent, `clerk`, that has these tools; give its file."""
    write("tools.py", TOOLS)
    return write(
        "shop.yaml",
        f"agents:\n  clerk:\n    instructions: {instructions}\n    model: offline/match\n"
        f"    tools: [{tools}]\n{more}",
    )


NESTED = f"""\
agents:
  boss:
    instructions: Ask.
    model: openai/gpt-4.1
    tools: [{{agent: clerk, tool_name: ask}}]
  clerk:
    name: The Clerk
    instructions: Pay.
    model: openai/gpt-4.1
    tools: [{PAY}, ./tools.py:look]
"""


def nested(write: Write) -> Path:
    """Write a project whose first agent asks `clerk` as a tool."""
    write("tools.py", TOOLS)
    return write("shop.yaml", NESTED)


def scripted(file: Path, *turns: str | list[tuple[str, dict[str, Any]]]) -> yamlagents.Team:
    """Give the team of a file whose models all answer from one script: texts, or calls of tools."""
    outputs = [
        [assistant_message(turn)]
        if isinstance(turn, str)
        else [function_call(n, a, call_id=f"{n}-{json.dumps(a)}") for n, a in turn]
        for turn in turns
    ]
    model: Model = ScriptedModel(outputs)
    return yamlagents.assemble(yamlagents.load(file), models=lambda _: model)


def ask(cli: Cli, file: Path, *options: str, question: str = QUESTION, **given: Any) -> Result:
    """Run the project's file with --json."""
    return cli("run", file.name, question, "--json", *options, cwd=file.parent, **given)


def waiting(cli: Cli, file: Path, *options: str, question: str = QUESTION) -> str:
    """Run a file so that it waits; give the path of its state as it is told."""
    result = ask(cli, file, *options, question=question)
    assert result.code == 7, result.stderr
    state: str = json.loads(result.stdout)["state"]
    return state


def resumed(cli: Cli, file: Path, state: str, *options: str) -> Result:
    """Go on with a state of the project, with --json."""
    return cli("resume", state, "--json", *options, cwd=file.parent)


def advised(result: Result) -> list[str]:
    """Give the words of the command that stderr says to go on with, without the first."""
    found = re.search(r"^  hint: yamlagents (.*)$", result.stderr, re.MULTILINE)
    assert found is not None, result.stderr
    return shlex.split(found[1])


def outputs(result: Result) -> list[str]:
    """Give what the tools gave in a run with --json."""
    calls = json.loads(result.stdout)["tool_calls"]
    return [call["output"] for call in calls if call["error"] != DENIED]


def done(file: Path) -> list[str]:
    """Give what the tools of a project did, in order."""
    path = file.parent / "done.txt"
    return path.read_text().splitlines() if path.exists() else []


def process(file: Path, *argv: str, then: str = "") -> subprocess.Popen[str]:
    """Start the command line in a process of its own, without a terminal.

    `then` is code that runs after the command, while its stdout is still open.
    """
    code = (
        "import sys, time\nfrom yamlagents.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    code = ended.code\n"
        f"{then}\nsys.exit(code)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, *argv],
        cwd=file.parent,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def rules_of(*, approve: tuple[str, ...] = (), deny: tuple[str, ...] = ()) -> Rules:
    """Give patterns as rules."""
    return Rules(tuple(map(pattern, approve)), tuple(map(pattern, deny)))


def decided(told: str, *, approve: tuple[str, ...] = (), deny: tuple[str, ...] = ()) -> Any:
    """Decide on a call of `pay` with these arguments."""
    return rules_of(approve=approve, deny=deny)(Approval("clerk", "pay", told))


def arguments(value: Any) -> str:
    """Give arguments with this value for `to`."""
    return json.dumps({"to": value})
