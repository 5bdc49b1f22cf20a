"""Attachments in a conversation: how a message carries them, and what recordings keep of them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from yamlagents.spec.attachments import PDF, TEXT, Attachment
from yamlagents.spec.labels import labelled, unlabelled

_Part = dict[str, Any]

_DATA = re.compile(r"data:([\w.+-]+/[\w.+-]+);base64,([A-Za-z0-9+/]+=*)")
_SHA256 = re.compile(r"(sha256[:,][0-9a-f]{12})[0-9a-f]{52}")


def user_message(text: str, attachments: Sequence[Attachment]) -> dict[str, Any]:
    """Give the user's message as the SDK takes it: the text, and then what is attached."""
    if not attachments:
        return {"role": "user", "content": text}
    said: list[_Part] = [{"type": "input_text", "text": text}] if text else []
    return {"role": "user", "content": [*said, *map(_part, attachments)]}


def _part(one: Attachment) -> _Part:
    if one.media_type == TEXT:
        return {"type": "input_text", "text": labelled(one.name, one.data.decode("utf-8-sig"))}
    if one.is_address:
        return {"type": "input_image", "image_url": one.name, "detail": "auto"}
    url = f"data:{one.media_type};base64,{base64.b64encode(one.data).decode()}"
    if one.media_type == PDF:
        return {"type": "input_file", "filename": one.name, "file_data": url}
    return {"type": "input_image", "image_url": url, "detail": "auto"}


def lightened(value: Any) -> Any:
    """Give plain data with digests in place of files: `data:image/png;sha256,...`."""
    if isinstance(value, str):
        return _DATA.sub(_digested, value) if ";base64," in value else value
    if isinstance(value, list):
        return [lightened(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    data = {key: lightened(item) for key, item in value.items()}
    file = unlabelled(str(data.get("text"))) if data.get("type") == "input_text" else None
    if file is not None:
        data["text"] = labelled(file[0], f"sha256:{_sha256(file[1].encode())}")
    return data


def _digested(found: re.Match[str]) -> str:
    try:
        data = base64.b64decode(found[2])
    except binascii.Error:
        data = found[2].encode()
    return f"data:{found[1]};sha256,{_sha256(data)}"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def attachment_change(
    recorded: Mapping[str, Any], present: Mapping[str, Any], names: Sequence[str]
) -> str | None:
    """Say which attachment of a message is not as recorded; None if something else is not.

    `names` are those of the files that are attached now, in order.
    """
    before, now = _parts(recorded), _parts(present)
    if before[0] != now[0]:
        return None
    for number, (old, new) in enumerate(zip_longest(before[1], now[1])):
        if old == new:
            continue
        known = names[number] if number < len(names) else None
        name = known or _name(new or old) or f"number {number + 1}"
        if old is None:
            return f"the attachment {name} is new"
        if new is None:
            return f"the attachment {_name(old) or number + 1} is gone: it was {_shown(old)}"
        return f"the attachment {name} changed: recorded was {_shown(old)}, now it is {_shown(new)}"
    return None


def _parts(item: Mapping[str, Any]) -> tuple[list[str], list[_Part]]:
    """Part a message of the user into what is said and what is attached."""
    if "user" in item:
        return [item["user"]], []
    content = item.get("content")
    parts = [p for p in content if isinstance(p, dict)] if isinstance(content, list) else []
    said = [p["text"] for p in parts if p.get("type") == "input_text" and _name(p) is None]
    return said, [p for p in parts if p.get("type") != "input_text" or _name(p) is not None]


def _name(part: Mapping[str, Any]) -> str | None:
    """Give the name of an attached file, which an image does not have."""
    if part.get("type") == "input_text":
        file = unlabelled(str(part.get("text")))
        return file[0] if file is not None else None
    name = part.get("filename")
    return name if isinstance(name, str) else None


def _shown(part: Mapping[str, Any]) -> str:
    data = str(part.get("text") or part.get("file_data") or part.get("image_url"))
    file = unlabelled(data)
    text = _SHA256.sub(r"\1", file[1] if file is not None else data)
    name = _name(part)
    return text if name is None else f"{name} ({text})"
