"""The `run` steps of action.yml, run as GitHub's runner would; `python -m tests.action_runner`.

Steps that use another action are taken for done. Expressions are those that action.yml needs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ACTION = Path(__file__).resolve().parent.parent / "action.yml"
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_COMPARISON = re.compile(r"([\w.-]+) (==|!=) '([^']*)'")


@dataclass
class ActionRun:
    """What has come of an action so far: its log, and the outcome and outputs of its steps."""

    inputs: dict[str, str]
    outcomes: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    log: str = ""
    summary: str = ""

    @property
    def failed(self) -> bool:
        """Whether a step has failed, and with it the action."""
        return "failure" in self.outcomes.values()

    def value(self, name: str) -> str:
        """Give the value of `inputs.x`, `steps.x.outcome` or `steps.x.outputs.y`."""
        first, _, rest = name.partition(".")
        if first == "inputs":
            return self.inputs[rest]
        step, _, key = rest.partition(".")
        return self.outcomes.get(step, "") if key == "outcome" else self.outputs.get(rest, "")

    def text(self, template: str) -> str:
        """Give `template` with its expressions replaced by their values."""
        return _EXPRESSION.sub(lambda match: self.value(match[1].strip()), template)

    def holds(self, condition: str) -> bool:
        """Tell whether the `if` of a step holds; without a status function, if none has failed."""
        terms = condition.removeprefix("${{").removesuffix("}}").strip().split(" && ")
        if "!cancelled()" not in terms and self.failed:
            return False
        return all(self._term(term) for term in terms if term not in ("", "!cancelled()"))

    def _term(self, term: str) -> bool:
        match = _COMPARISON.fullmatch(term)
        assert match, f"an expression that tests/action_runner.py does not know: {term}"
        return (self.value(match[1]) == match[3]) is (match[2] == "==")


def run_action(
    workspace: Path, inputs: Mapping[str, str], env: Mapping[str, str] | None = None
) -> ActionRun:
    """Run the action on the checkout `workspace`, with `env` added to the environment."""
    action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    unknown = set(inputs) - set(action["inputs"])
    assert not unknown, f"action.yml has no input {unknown}"
    defaults = {name: one.get("default", "") for name, one in action["inputs"].items()}
    run = ActionRun({**defaults, **inputs})
    for number, step in enumerate(action["runs"]["steps"]):
        name = step.get("id", f"step{number}")
        if not run.holds(step.get("if", "")):
            run.outcomes[name] = "skipped"
        elif "uses" in step:
            run.outcomes[name] = "success"
        else:
            _run_step(run, name, step, workspace, {**os.environ, **(env or {})})
    return run


def _run_step(
    run: ActionRun, name: str, step: dict[str, Any], workspace: Path, env: dict[str, str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        script, summary, output = (Path(folder) / part for part in ("run.sh", "summary", "output"))
        script.write_text(step["run"], encoding="utf-8")
        summary.touch()
        output.touch()
        done = subprocess.run(
            [*["bash", "--noprofile", "--norc", "-eo", "pipefail"], str(script)],
            cwd=workspace / run.text(step["working-directory"]),
            env={
                **env,
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTION_PATH": str(ACTION.parent),
                "GITHUB_WORKSPACE": str(workspace),
                "GITHUB_STEP_SUMMARY": str(summary),
                "GITHUB_OUTPUT": str(output),
                **{key: run.text(value) for key, value in step["env"].items()},
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        run.outcomes[name] = "failure" if done.returncode else "success"
        run.log += f"== {step['name']}\n{done.stdout}"
        run.summary += summary.read_text(encoding="utf-8")
        for line in output.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition("=")
            run.outputs[f"{name}.outputs.{key}"] = value


if __name__ == "__main__":
    result = run_action(Path.cwd(), dict(part.split("=", 1) for part in sys.argv[1:]))
    sys.stdout.write(f"{result.log}== Summary\n{result.summary}\n")
    sys.exit(result.failed)
