"""Draw the terminal pictures of the README from real output: `python docs/pictures.py`."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
COLUMNS = 112

WRONG = """\
agents:
  weather:
    instructions: You only respond in haikus.
    model: openai/gpt-4.1
    model_settings: {temprature: 0.2, top_p: 3}
    tools:
      - ./tools/weather.py:get_wether
    handoffs: [forcast]

  forecast:
    extends: weather
    instructions: Tell tomorrow's weather.
"""

THEME = TerminalTheme(
    (250, 250, 250),
    (40, 42, 46),
    [
        (40, 42, 46),
        (190, 40, 40),
        (40, 130, 60),
        (170, 115, 0),
        (40, 90, 170),
        (140, 60, 150),
        (0, 125, 135),
        (120, 120, 120),
    ],
)

SVG = """\
<svg class="rich-terminal" viewBox="0 0 {terminal_width} {terminal_height}" \
xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; white-space: pre;
}}
{styles}
</style>
<defs>{lines}</defs>
<rect fill="#fafafa" stroke="#d0d0d0" width="{terminal_width}" height="{terminal_height}" rx="6"/>
<g transform="translate(9, 4)">{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">{matrix}</g></g>
</svg>
"""


def shown(argv: list[str], folder: Path) -> str:
    """Run a command on a terminal of its own and give what it wrote there."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "yamlagents", *argv],
        cwd=folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        if not piece:
            break
        written += piece
    process.wait()
    os.close(ours)
    return written.decode().replace("\r\n", "\n")


def draw(name: str, command: str, output: str) -> None:
    """Write a picture of a command and its output to docs/NAME.svg."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text.from_ansi(output.rstrip("\n")), end="\n\n")
    svg = console.export_svg(title="", theme=THEME, code_format=SVG, unique_id=name)
    (DOCS / f"{name}.svg").write_text(svg, encoding="utf-8")


def main() -> None:
    """Draw all pictures."""
    question = "What's the weather in Tokyo?"
    command = f'yamlagents run weather "{question}" --offline'
    draw("run", command, shown(["run", "weather", question, "--offline"], ROOT))
    with tempfile.TemporaryDirectory() as folder:
        agents = Path(folder) / "agents.d"
        (agents / "tools").mkdir(parents=True)
        (Path(folder) / "pyproject.toml").touch()
        tool = ROOT / "agents.d" / "tools" / "weather.py"
        (agents / "tools" / "weather.py").write_text(tool.read_text())
        (agents / "weather.yaml").write_text(WRONG)
        draw("validate", "yamlagents validate", shown(["validate"], Path(folder)))


if __name__ == "__main__":
    main()
