"""Time whole processes in pairs, A B A B, and set them side by side in a Markdown table."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
HEAD = """\
| what | command | min s | median s | max s | ratio to the other, median (min to max) |
|---|---|---:|---:|---:|---:|"""

VERSIONS = """
import importlib.metadata, platform
names = {"openai-agents", "litellm", "check-jsonschema"}
found = {d.name: d.version for d in importlib.metadata.distributions() if d.name in names}
print(", ".join([f"Python {platform.python_version()}", *map(" ".join, sorted(found.items()))]))
"""


@dataclass(frozen=True)
class Command:
    """A process to time: it starts in the project's folder, its output is thrown away."""

    label: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """What one process took: wall seconds, CPU seconds, and the most MiB of memory (RSS)."""

    seconds: float
    cpu: float
    mib: float


@dataclass(frozen=True)
class Pairs:
    """Wall seconds of two commands that ran in turn; index i of both is one pair."""

    title: str
    ours: Command
    other: Command
    our_seconds: tuple[float, ...]
    other_seconds: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        """Ours divided by the other, pair by pair: below 1 ours is faster."""
        return [a / b for a, b in zip(self.our_seconds, self.other_seconds, strict=True)]


def run_pairs(title: str, ours: Command, other: Command, *, runs: int) -> Pairs:
    """Run the two commands in turn, `runs` times, after one round that is not counted.

    The first round writes the compiled modules and fills the file cache. A command that
    does not exit with 0 raises CalledProcessError after its stderr was shown.
    """
    rounds = [(seconds(ours), seconds(other)) for _ in range(runs + 1)][1:]
    mine, theirs = zip(*rounds, strict=True)
    return Pairs(title, ours, other, mine, theirs)


def seconds(command: Command) -> float:
    """Wall seconds from start to exit of one process."""
    return take(command).seconds


def take(command: Command) -> Taken:
    """Run one process to its end; needs a system that has wait4.

    If it does not exit with 0, its output is shown and CalledProcessError raised.
    """
    environment = {**os.environ, **command.environment}
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command.arguments, cwd=ROOT, env=environment, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            sys.stderr.buffer.write(output.read())
            raise subprocess.CalledProcessError(process.returncode, command.arguments)
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Taken(taken, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def table(results: Sequence[Pairs]) -> str:
    """Two lines for each pair of commands, ours first with the ratio."""
    lines = [HEAD]
    for pairs in results:
        ratios = pairs.ratios
        spread = f"**{median(ratios):.2f}** ({min(ratios):.2f} to {max(ratios):.2f})"
        lines.append(f"| {pairs.title} | {row(pairs.ours, pairs.our_seconds)} | {spread} |")
        lines.append(f"| | {row(pairs.other, pairs.other_seconds)} | 1 |")
    return "\n".join(lines)


def row(command: Command, taken: Sequence[float]) -> str:
    times = " | ".join(f"{value:.3f}" for value in (min(taken), median(taken), max(taken)))
    return f"`{command.label}` | {times}"


def conditions(python: str, *, runs: int) -> str:
    """One line on what the numbers were taken with; `python` is the interpreter measured."""
    asked = [python, "-c", VERSIONS]
    versions = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    return f"{time.strftime('%Y-%m-%d')}; {system}; {versions}; {runs} pairs after a warm-up.\n"
