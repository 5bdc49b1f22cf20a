"""Tools that return images."""

from __future__ import annotations

from agents import ToolOutputImage, ToolOutputImageDict

from yamlagents.testing.outcomes import CaseRun

ADDRESS = "https://example.com/tower.png"


def fetch_picture() -> ToolOutputImageDict:
    """Fetch the picture."""
    return {"type": "image", "image_url": ADDRESS, "detail": "low"}


def fetch_drawing() -> ToolOutputImage:
    """Fetch the drawing."""
    return ToolOutputImage(image_url=ADDRESS, detail="low")


def model_saw_an_image(run: CaseRun) -> tuple[bool, str]:
    assert run.result is not None
    outputs = [i["output"] for i in run.result.history if i.get("type") == "function_call_output"]
    wanted = [[{"type": "input_image", "image_url": ADDRESS, "detail": "low"}]]
    return outputs == wanted, f"it saw {outputs}"
