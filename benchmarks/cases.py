"""What a test case and a smoked agent cost, against the same runs by the SDK alone."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from measure import Command, Taken, conditions, take
from projects import AGENTS, TOOLS, write_cases, write_teams
from startup import serving

LIVE = "openai/gpt-4.1"
HEAD = """\
| what | runs | wall s, median | runs a second | one more, CPU ms | the SDK's \
| ratio, median (min to max) | peak MiB | the SDK's |
|---|---:|---:|---:|---:|---:|---:|---:|---:|"""


@dataclass(frozen=True)
class Work:
    """A command over many runs and over few, and the SDK's own for the same two numbers."""

    title: str
    many: int
    few: int
    ours: tuple[Command, Command]
    other: tuple[Command, Command]


@dataclass(frozen=True)
class Round:
    """What the four commands took, one after another."""

    ours: tuple[Taken, Taken]
    other: tuple[Taken, Taken]


def further(taken: tuple[Taken, Taken], work: Work) -> float:
    """CPU milliseconds that one more run takes: what is left without starting the process."""
    return 1000 * (taken[0].cpu - taken[1].cpu) / (work.many - work.few)


def measure(work: Work, *, rounds: int) -> list[Round]:
    """Run the four commands in turn, after one round that is not counted."""

    def once(commands: tuple[Command, Command]) -> tuple[Taken, Taken]:
        return take(commands[0]), take(commands[1])

    return [Round(once(work.ours), once(work.other)) for _ in range(rounds + 1)][1:]


def row(work: Work, rounds: Sequence[Round]) -> str:
    """One line of the table."""
    seconds = median(one.ours[0].seconds for one in rounds)
    ours = [further(one.ours, work) for one in rounds]
    other = [further(one.other, work) for one in rounds]
    ratios = [a / b for a, b in zip(ours, other, strict=True)]
    spread = f"**{median(ratios):.2f}** ({min(ratios):.2f} to {max(ratios):.2f})"
    peaks = (max(one.ours[0].mib for one in rounds), max(one.other[0].mib for one in rounds))
    return (
        f"| {work.title} | {work.many} | {seconds:.2f} | {work.many / seconds:.0f} "
        f"| {median(ours):.2f} | {median(other):.2f} | {spread} "
        f"| {peaks[0]:.0f} | {peaks[1]:.0f} |"
    )


class Bench:
    """The projects and the commands, in a folder that is thrown away."""

    def __init__(self, folder: Path, python: str, count: int) -> None:
        self._folder = folder
        self._python = python
        self._count = count

    def work(self, name: str) -> Work:
        """Write the files of one work, and record its cassettes if it has any."""
        if name == "smoke":
            return self._smoke()
        kind, _, jobs = name.partition("-")
        model = "offline/match" if kind == "offline" else LIVE
        folders = [self._folder / name / size for size in ("many", "few")]
        for folder, count in zip(folders, (self._count, 1), strict=True):
            write_cases(folder, count=count, model=model, scripted=kind == "scripted")
            if kind == "replayed":
                self._record(folder)
        options = ("-j", jobs.removeprefix("j")) if jobs else ()
        many, few = (self._ours("test", folder, *options) for folder in folders)
        # A tool that is replayed is not called, so no thread is started for it.
        rest = () if kind == "replayed" else ("--threads",)
        counts = (self._count, 1)
        other = (self._seed(counts[0], *rest), self._seed(counts[1], *rest))
        return Work(name, *counts, (many, few), other)

    def _smoke(self) -> Work:
        folders = (self._folder / "smoke" / "many", self._folder / "smoke" / "few")
        ours = [
            self._ours("smoke", write_teams(folder, count=count))
            for folder, count in zip(folders, (10, 1), strict=True)
        ]
        counts = (10 * AGENTS, AGENTS)
        rest = ("--anew", "--threads", "--tools", str(TOOLS))
        other = (self._seed(counts[0], *rest), self._seed(counts[1], *rest))
        return Work("smoke", *counts, (ours[0], ours[1]), other)

    def _ours(self, command: str, folder: Path, *options: str) -> Command:
        arguments = (command, "-q", *options, str(folder / "agents.d"))
        environment = {"OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""}
        return Command(command, (self._python, "-m", "yamlagents", *arguments), environment)

    def _seed(self, runs: int, *options: str) -> Command:
        arguments = ("benchmarks/seed_cases.py", "--runs", str(runs), *options)
        return Command("seed_cases.py", (self._python, *arguments))

    def _record(self, folder: Path) -> None:
        with serving() as base_url:
            environment = {"OPENAI_API_KEY": "test-key", "OPENAI_BASE_URL": base_url}
            arguments = ("test", "-q", "--record", "-j", "8", str(folder / "agents.d"))
            record = (self._python, "-m", "yamlagents", *arguments)
            take(Command("record", record, environment))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the interpreter to measure with")
    parser.add_argument("--runs", type=int, default=5, help="rounds (default: 5)")
    parser.add_argument("--cases", type=int, default=1000, help="how many (default: 1000)")
    known = ("scripted", "offline", "replayed", "replayed-j2", "smoke")
    parser.add_argument("--only", nargs="+", choices=known, default=known, help="some of these")
    options = parser.parse_args()
    print(conditions(options.python, runs=options.runs))
    print(HEAD, flush=True)
    for name in options.only:
        with TemporaryDirectory() as folder:
            bench = Bench(Path(folder).resolve(), options.python, options.cases)
            work = bench.work(name)
            print(row(work, measure(work, rounds=options.runs)), flush=True)


if __name__ == "__main__":
    main()
