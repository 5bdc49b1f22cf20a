"""Attachments in a talk, and what cannot be attached."""

import os
from pathlib import Path

import pytest

from tests.attached_project import IMAGE_URL, NOTES, PDF, PNG, Run, attach, said
from tests.attached_project import attached_run as attached_run
from tests.openai_faults import Status
from tests.openai_server import OpenAIServer, Text
from yamlagents.spec.attachments import media_type


def test_a_chat_takes_files_with_the_next_message(run: Run, server: OpenAIServer) -> None:
    lines = "What is it?\n/attach 'notes.md'\nAnd this?\nThanks.\n"
    result = run("chat", *attach("photo.png"), input=lines)
    assert result.stderr == "notes.md (text/plain, 20 bytes) goes with your next message\n"
    first, _, second, _, third = said(server)[1:]
    assert [part["type"] for part in first] == ["text", "image_url"]
    assert (second[1]["text"], third) == (NOTES, "Thanks.")


def test_a_chat_keeps_files_for_another_try(run: Run, server: OpenAIServer) -> None:
    server.behave(Status(401), Text("A cat."))
    assert run("chat", *attach("photo.png"), input="What is it?\nAgain: what?\n").code == 0
    assert said(server)[1][1]["image_url"] == IMAGE_URL


def test_a_chat_forgets_files_with_the_rest(run: Run, server: OpenAIServer) -> None:
    assert run("chat", *attach("photo.png"), input="/reset\nHello\n").code == 0
    assert said(server)[1] == "Hello"


@pytest.mark.parametrize("tty", [True, False], ids=["terminal", "pipe"])
def test_a_chat_says_what_it_cannot_attach(run: Run, server: OpenAIServer, tty: bool) -> None:
    result = run("chat", input="/attach\n/attach none.png\nHello\n", tty=tty)
    assert "write /attach FILE" in result.stderr
    assert "there is no file 'none.png'" in result.stderr
    # A person sees it; from a pipe the next message would go without its file.
    assert (result.code, len(server.requests)) == ((0, 1) if tty else (2, 0))


WRONG: dict[str, tuple[bytes | None, str]] = {
    "-": (None, "'-' is no file"),
    "none.png": (None, "there is no file 'none.png'"),
    ".": (None, "'.' is a folder"),
    "bell.bin": (b"\x07\x00\x01", "is not an image (png, jpg, gif, webp), a PDF or text"),
    "latin.txt": ("café".encode("latin-1"), "a text to UTF-8"),
    "page.png": (b"<html>Not found</html>", "is no image: it holds text"),
    "page.pdf": (b"<html>Not found</html>", "is no PDF: it holds text"),
    "photo.tiff": (b"II*\x00", "a picture to png"),
    "empty.txt": (b"", "is empty"),
    "long.txt": (b"a" * (2**20 + 1), "is 1.0 MiB; 1 MiB of text are the most"),
    "big.png": (PNG + bytes(20 * 2**20), "is 20.0 MiB; 20 MiB are the most"),
    "https://example.com/report.pdf": (None, "only images are fetched"),
    "https:// example": (None, "is no address"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_attached_is_refused(
    run: Run, server: OpenAIServer, tmp_path: Path, name: str
) -> None:
    data, message = WRONG[name]
    if data is not None:
        (tmp_path / name).write_bytes(data)
    result = run("run", "What is it?", *attach("photo.png", name))
    assert (result.code, result.stdout, server.requests) == (2, "", [])
    assert message in " ".join(result.stderr.split())


def test_a_pipe_is_refused_and_never_read(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    result = run("run", "What is it?", *attach("pipe"))
    assert (result.code, "not a file that can be read again" in result.stderr) == (2, True)


def test_many_files_are_refused_together(run: Run, tmp_path: Path) -> None:
    (tmp_path / "big.png").write_bytes(PNG + bytes(17 * 2**20))
    result = run("run", "What is it?", *attach("big.png", "big.png"))
    assert (result.code, "32 MiB are the most" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
        (PDF, "application/pdf"),
        (b"<svg/>", "text/plain"),
    ],
)
def test_a_kind_is_known_by_what_a_file_holds(start: bytes, kind: str | None) -> None:
    assert media_type(start) == kind
