"""What one command costs from start to exit, against the least that could do the same."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from measure import ROOT, Command, conditions, run_pairs, table

FILE = "agents.d/weather.yaml"
QUESTION = "What's the weather in Tokyo?"
# Both sides alike: LiteLLM fetches no price list, and the SDK has no key to upload traces with.
QUIET = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "OPENAI_API_KEY": ""}


@contextmanager
def serving() -> Iterator[str]:
    """Run the tests' OpenAI-compatible server in a process of its own; gives its base URL."""
    arguments = [sys.executable, str(ROOT / "tests" / "openai_server.py"), "--port", "0"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.terminate()


def pairs_of(
    yamlagents: tuple[str, ...], python: str, base_url: str
) -> dict[str, tuple[Command, Command]]:
    """By name: a command of ours and the other it is measured against."""
    click = Command("python -c 'import click'", (python, "-c", "import click"))
    libraries = "import click, yaml, jsonschema"
    server = ("--model", "openai/gpt-4.1", "--base-url", base_url, "--api-key", "test")
    seed = Command("seed.py", (python, "benchmarks/seed.py", *server), QUIET)
    run = (*yamlagents, "run", FILE, QUESTION)
    return {
        "help": (Command("yamlagents --help", (*yamlagents, "--help")), click),
        "version": (Command("yamlagents version", (*yamlagents, "version")), click),
        "validate": (
            Command("yamlagents validate FILE", (*yamlagents, "validate", FILE)),
            Command(f"python -c '{libraries}'", (python, "-c", libraries)),
        ),
        "offline": (Command("yamlagents run --offline", (*run, "--offline"), QUIET), seed),
        "live": (
            Command("yamlagents run --no-stream", (*run, "--no-stream", *server), QUIET),
            seed,
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the interpreter to measure with")
    parser.add_argument("--script", help="the console script; default: PYTHON -m yamlagents")
    parser.add_argument("--runs", type=int, default=7, help="pairs of each (default: 7)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="help version validate ...")
    options = parser.parse_args()
    yamlagents = (options.script,) if options.script else (options.python, "-m", "yamlagents")
    with serving() as base_url:
        pairs = pairs_of(yamlagents, options.python, base_url)
        names = options.only or list(pairs)
        results = [run_pairs(name, *pairs[name], runs=options.runs) for name in names]
    print(conditions(options.python, runs=options.runs))
    print(table(results))


if __name__ == "__main__":
    main()
