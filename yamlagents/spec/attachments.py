"""What goes to the model beside a message: images, PDFs and texts, known by what they hold."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from yamlagents.spec.files import beside, file_problem
from yamlagents.spec.problem import Place, Problem, Source, SpecError, shortened, suggestion
from yamlagents.spec.project import Project, target_of
from yamlagents.spec.scope import Field
from yamlagents.spec.variables import Unset

MIB = 2**20
# Providers take some tens of MiB in one request, a third of which base64 adds.
MAX_BYTES, MAX_TEXT_BYTES, MAX_TOGETHER = 20 * MIB, MIB, 32 * MIB

PDF, TEXT = "application/pdf", "text/plain"
_STARTS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"%PDF-": PDF,
}
_IMAGES = dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp"), "image")
# What a name promises.
_PROMISED = {**_IMAGES, ".pdf": "PDF"}
_KINDS = "an image (png, jpg, gif, webp), a PDF or text"


@dataclass(frozen=True)
class Attachment:
    """A file's name, its media type and its bytes; or the address of an image, as its name."""

    name: str
    media_type: str | None = None
    data: bytes = field(default=b"", repr=False)

    @property
    def is_address(self) -> bool:
        """Whether the provider fetches it."""
        return self.media_type is None


# A path, or the address of an image; or what was read before.
Given = str | os.PathLike[str] | Attachment


def attachments(given: Iterable[Given], source: str = "attachments") -> tuple[Attachment, ...]:
    """Read what is to be attached; relative paths start at the working folder.

    Raises `SpecError` with a problem for each that cannot be attached; `source` is where it says
    that they were named.
    """
    found = [item if isinstance(item, Attachment) else _found(item, source) for item in given]
    good = tuple(one for one in found if isinstance(one, Attachment))
    problems = [one for one in found if isinstance(one, Problem)]
    size = sum(len(one.data) for one in good)
    if size > MAX_TOGETHER:
        names = ", ".join(one.name for one in good)
        message = f"these are {size / MIB:.1f} MiB together; {MAX_TOGETHER // MIB} MiB are the most"
        problems.append(Problem(_place(names, source), "error", "too-large", message, _SHRINK))
    if problems:
        raise SpecError(problems)
    return good


_SHRINK = "attach fewer files, or smaller ones"


def _place(text: str, source: str) -> Place:
    return Place(Source(source, text), 1, 1, 1, len(text) + 1)


def _found(given: str | os.PathLike[str], source: str) -> Attachment | Problem:
    text = os.fspath(given)
    place = _place(text, source)
    if isinstance(given, str) and is_address(text):
        return _address(text, place)
    target = target_of(Path(), text)
    if text == "-":
        hint = "save what is piped in to a file, and attach that"
        return _wrong(place, "'-' is no file; only the text of a message comes from stdin", hint)
    if target is None:
        return _missing(place, f"'{text}' cannot be the path of a file")
    if target.is_dir():
        return _missing(place, f"'{text}' is a folder; name a file in it")
    if not target.is_file():
        kind = "is not a file that can be read again" if target.exists() else None
        near = suggestion(text, beside(text, target.parent))
        return _missing(place, f"'{text}' {kind}" if kind else f"there is no file '{text}'{near}")
    return _read(target, text, place)


def _missing(place: Place, message: str) -> Problem:
    return Problem(place, "error", "missing-file", message)


def attachment_problems(listed: Field, project: Project) -> Iterator[Problem]:
    """Give what is wrong with the attachments that a test names: they lie in the project."""
    size = 0
    for item in listed.items():
        text = item.text
        if not text:
            continue
        found = _of_case(item, text, project)
        if isinstance(found, Problem):
            yield found
            continue
        size += len(found.data)
        if size > MAX_TOGETHER >= size - len(found.data):
            message = f"the attachments are over {MAX_TOGETHER // MIB} MiB together"
            yield item.problem("too-large", message, _SHRINK)


def _of_case(item: Field, text: str, project: Project) -> Attachment | Problem:
    if is_address(text):
        return _address(text, item.place)
    target = target_of(item.folder, text)
    problem = file_problem(item.place, text, target, project)
    if problem is not None or target is None:
        return problem or _missing(item.place, f"there is no file '{text}'")
    return _read(target, text, item.place)


def attachments_of(listed: Field) -> tuple[str, ...]:
    """Give the attachments that a test names and that were checked: full paths, and addresses."""
    texts = (item for item in listed.items() if not isinstance(item.value, Unset))
    return tuple(
        item.value if is_address(item.value) else str((item.folder / item.value).resolve())
        for item in texts
    )


def is_address(text: str) -> bool:
    """Tell whether a text is the address of something on the web, and no path."""
    return text.lower().startswith(("http://", "https://"))


def name_of(given: Given) -> str:
    """Give the name that an attachment is known by: a file's without its folder."""
    if isinstance(given, Attachment):
        return given.name
    text = os.fspath(given)
    return text if isinstance(given, str) and is_address(text) else Path(text).name


def _address(text: str, place: Place) -> Attachment | Problem:
    shown = shortened(text)
    try:
        parts = urlsplit(text)
    except ValueError:
        return _wrong(place, f"'{shown}' is no address")
    if not parts.hostname or any(char.isspace() for char in text):
        return _wrong(place, f"'{shown}' is no address")
    suffix = PurePosixPath(parts.path).suffix.lower()
    if suffix and suffix not in _IMAGES and suffix[1:].isalpha() and len(suffix) <= 5:
        message = f"'{shown}' is no image, and only images are fetched by providers"
        return _wrong(place, message, "download it, and attach the file")
    return Attachment(text)


def _read(path: Path, text: str, place: Place) -> Attachment | Problem:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            return _too_large(text, size, MAX_BYTES, place)
        data = path.read_bytes()
        path.name.encode()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return Problem(place, "error", "unreadable-file", f"'{text}' cannot be read: {reason}")
    except UnicodeEncodeError:
        return _wrong(place, "the name of this file is not UTF-8", "rename the file")
    if not data:
        return _wrong(place, f"'{text}' is empty")
    return _typed(path, text, data, place)


def _typed(path: Path, text: str, data: bytes, place: Place) -> Attachment | Problem:
    found = media_type(data)
    promised = _PROMISED.get(path.suffix.lower())
    held = {None: "something else", TEXT: "text", PDF: "a PDF"}.get(found, "an image")
    if promised is not None and promised.lower() not in (found or ""):
        hint = "look into it; an error page may have been saved in its place"
        return _wrong(place, f"'{text}' is no {promised}: it holds {held}", hint)
    if found is None:
        hint = "convert it: a document to PDF, a picture to png, a text to UTF-8"
        return _wrong(place, f"'{text}' is not {_KINDS}", hint)
    if found == TEXT and len(data) > MAX_TEXT_BYTES:
        return _too_large(text, len(data), MAX_TEXT_BYTES, place)
    return Attachment(path.name, found, data)


def media_type(data: bytes) -> str | None:
    """Tell what bytes are, by what is in them; None for what no model takes."""
    for start, kind in _STARTS.items():
        if data.startswith(start):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if b"\0" in data else TEXT


def _too_large(text: str, size: int, limit: int, place: Place) -> Problem:
    kind = " of text" if limit == MAX_TEXT_BYTES else ""
    message = f"'{text}' is {size / MIB:.1f} MiB; {limit // MIB} MiB{kind} are the most"
    return Problem(place, "error", "too-large", message, "attach a part of it, or a smaller one")


def _wrong(place: Place, message: str, hint: str | None = None) -> Problem:
    return Problem(place, "error", "bad-attachment", message, hint)
