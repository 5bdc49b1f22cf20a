"""Check a thousand agent files, against check-jsonschema with the same schema."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from measure import ROOT, Command, conditions, run_pairs, table

MODELS = ("openai/gpt-4.1", "anthropic/claude-haiku-4-5", "gemini/gemini-2.5-flash")
TOPICS = ("billing", "shipping", "returns", "travel", "weather", "hiring", "security")
EFFORTS = ("minimal", "low", "medium", "high")
TOOL_COUNT = 20

# Forty lines; every third file says the shared settings by an anchor.
FILE = """\
# yaml-language-server: $schema=../schemas/agents.schema.json
version: 1

models:
  main:
    model: {model}
    base_url: ${{GATEWAY_URL:-https://gateway-{number}.example.com/v1}}
    settings: {first}
  careful:
    model: {other}
    settings:
      {second}
      reasoning: {{effort: {effort}}}

agents:
  {topic}_desk_{number}:
    instructions: |
      You answer questions about {topic} for customer group {number}.
      Use a tool when one fits, and hand over what is not yours.
    model: main
    model_settings: {{parallel_tool_calls: {parallel}, max_tokens: {tokens}}}
    tools:
      - ./tools.py:tool_{tool}
      - {{function: "./tools.py:tool_{next_tool}", timeout: {timeout}}}
    handoffs: [{topic}_expert, reviewer]

  {topic}_expert:
    handoff_description: Knows all about {topic}.
    instructions: You are an expert in {topic}, of level {number}.
    model: careful
    handoffs: [reviewer]
    metadata: {{owner: team-{team}}}

  reviewer:
    extends: {topic}_expert
    instructions: You check what the others of group {number} have answered.
    handoffs: []

entry: {topic}_desk_{number}
run: {{max_turns: {turns}}}
"""
TOOL = '''\
def tool_{number}(query: str, limit: int = {number}) -> str:
    """Look up number {number}."""
    return query * limit


'''


def agent_file(number: int) -> str:
    """The text of one file; no two numbers give the same."""
    anchored = number % 3 == 0
    settings = f"{{temperature: {number % 10 / 10}, include_usage: true}}"
    return FILE.format(
        number=number,
        model=MODELS[number % len(MODELS)],
        other=MODELS[(number + 1) % len(MODELS)],
        first=f"&shared {settings}" if anchored else settings,
        second="<<: *shared" if anchored else "temperature: 0",
        topic=TOPICS[number % len(TOPICS)],
        effort=EFFORTS[number % len(EFFORTS)],
        parallel="true" if number % 2 else "false",
        tokens=500 + number,
        tool=number % TOOL_COUNT,
        next_tool=(number + 1) % TOOL_COUNT,
        timeout=number % 30 + 1,
        team=number % 13,
        turns=number % 12 + 3,
    )


def write_files(folder: Path, *, count: int) -> list[Path]:
    """Write `count` agent files, and the tools they name, to a project of their own."""
    (folder / "pyproject.toml").write_text("", encoding="utf-8")
    tools = "".join(TOOL.format(number=number) for number in range(TOOL_COUNT))
    (folder / "tools.py").write_text(tools.rstrip() + "\n", encoding="utf-8")
    paths = [folder / f"agents-{number:04}.yaml" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(agent_file(number), encoding="utf-8")
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the interpreter to measure with")
    parser.add_argument("--script", help="the console script; default: PYTHON -m yamlagents")
    parser.add_argument("--runs", type=int, default=5, help="pairs (default: 5)")
    parser.add_argument("--files", type=int, default=1000, help="how many (default: 1000)")
    options = parser.parse_args()
    yamlagents = (options.script,) if options.script else (options.python, "-m", "yamlagents")
    schema = str(ROOT / "schemas" / "agents.schema.json")
    other = (options.python, "-m", "check_jsonschema", "--schemafile", schema)
    with TemporaryDirectory() as folder:
        paths = write_files(Path(folder), count=options.files)
        pairs = run_pairs(
            f"{options.files} files",
            Command("yamlagents validate DIR", (*yamlagents, "validate", folder)),
            Command("check-jsonschema FILES", (*other, *map(str, paths))),
            runs=options.runs,
        )
    print(conditions(options.python, runs=options.runs))
    print(table([pairs]))


if __name__ == "__main__":
    main()
