"""What the model was shown beside the question."""

from __future__ import annotations

import base64
from pathlib import Path

from yamlagents.testing.outcomes import CaseRun

MEDIA = Path(__file__).parent.parent / "media"


def the_picture(run: CaseRun) -> tuple[bool, str]:
    return _shown(run, "input_image", "image_url", _data("dot.png", "image/png"))


def the_address(run: CaseRun) -> tuple[bool, str]:
    return _shown(run, "input_image", "image_url", "https://example.com/tower.png")


def the_document(run: CaseRun) -> tuple[bool, str]:
    return _shown(run, "input_file", "file_data", _data("page.pdf", "application/pdf"))


def _data(name: str, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode((MEDIA / name).read_bytes()).decode()}"


def _shown(run: CaseRun, kind: str, key: str, wanted: str) -> tuple[bool, str]:
    assert run.result is not None
    parts = run.result.history[0]["content"]
    shown = [part.get(key) for part in parts if part["type"] == kind]
    return shown == [wanted], f"it was shown {[part['type'] for part in parts]}"
