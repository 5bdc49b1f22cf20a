"""A project with files to attach: an image, a PDF and a text, and a team that is told of them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli, Result
from tests.openai_server import OpenAIServer

Write = Callable[[str, str], Path]
Run = Callable[..., Result]

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PDF = b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n"
FILES = {"photo.png": PNG, "report.pdf": PDF, "notes.md": b"\xef\xbb\xbf# Notes\nPaid: 12\n"}
TEAM = """\
agents:
  clerk: {instructions: Be brief., model: openai/gpt-4.1}
tests:
  - name: receipt
    turns: [What is it?, Really?]
    attachments: [photo.png, report.pdf, notes.md]
    expect: [{contains: server}]
"""


def data_url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


IMAGE_URL = {"url": data_url("image/png", PNG), "detail": "auto"}
PDF_DATA = {"file_data": data_url("application/pdf", PDF), "filename": "report.pdf"}
NOTES = '<file name="notes.md">\n# Notes\nPaid: 12\n</file>'


@pytest.fixture(name="run")
def attached_run(cli: Cli, write: Write, server: OpenAIServer) -> Run:
    """Write the project, and give a call of a command with its team, a key and a server."""
    folder = write("team.yaml", TEAM).parent
    for name, data in FILES.items():
        (folder / name).write_bytes(data)

    def call(command: str, *argv: str, **options: Any) -> Result:
        env = {"OPENAI_API_KEY": "test-key-0123456789", "OPENAI_BASE_URL": server.base_url}
        return cli(command, "team.yaml", *argv, cwd=folder, env=env, **options)

    return call


def attach(*files: str) -> list[str]:
    return [part for file in files for part in ("--attach", file)]


def said(server: OpenAIServer) -> list[Any]:
    """Give the contents of the messages of the last request."""
    return [message["content"] for message in server.requests[-1].body["messages"]]
