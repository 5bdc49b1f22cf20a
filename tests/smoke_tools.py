"""Tools of every sort for smoke: each notes in a file how it was called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Write = Callable[[str, str], Path]

TOOLS = '''\
import asyncio, datetime, enum, os, sys, time, uuid
from pathlib import Path
from typing import Annotated, Literal, Optional, Union

from agents import FunctionTool, ToolGuardrailFunctionOutput, function_tool, tool_input_guardrail
from pydantic import BaseModel, Field


def note(name, *values):
    with open(Path(__file__).with_name("notes.txt"), "a") as notes:
        print(name, *values, file=notes)


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Address(BaseModel):
    street: str = Field(min_length=3)
    code: Annotated[str, Field(pattern=r"^\\d{5}$")]
    country: Literal["de", "fr"] = "de"


class Person(BaseModel):
    name: str
    address: Address


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str


def plain(city: str) -> str:
    """Get the weather."""
    note("plain", repr(city))
    return "It is plain."


async def later(city: str) -> str:
    """Get the weather."""
    await asyncio.sleep(0)
    note("later", repr(city))
    return "It is later."


def nothing() -> None:
    """Do nothing."""
    note("nothing")


def simple(count: int, share: float, sure: bool, city: str, unit: str = "C") -> str:
    """Take what JSON has."""
    assert type(count) is int and type(share) is float and type(sure) is bool
    note("simple", repr(city), unit)


def choices(size: Literal["small", "large"], color: Color) -> str:
    """Choose."""
    assert size in ("small", "large") and isinstance(color, Color)
    note("choices")


def optional(city: Optional[str], limit: Optional[int] = None, days: Union[int, str] = 3) -> str:
    """Take more or less."""
    assert city is None or isinstance(city, str)
    note("optional", limit, days)


def nested(person: Person, pets: list[Union[Cat, Dog]]) -> str:
    """Take models."""
    assert isinstance(person, Person) and all(isinstance(pet, (Cat, Dog)) for pet in pets)
    note("nested", person.address.country)


def bounded(
    number: Annotated[int, Field(ge=5, le=7, multiple_of=3)],
    names: Annotated[list[str], Field(min_length=2)],
    code: Annotated[str, Field(pattern=r"^[A-Z]{2}-\\d{3}$")],
) -> str:
    """Take what is within bounds."""
    note("bounded", number, len(names))


def moments(day: datetime.date, at: datetime.datetime, number: uuid.UUID) -> str:
    """Take what has a format."""
    assert isinstance(at, datetime.datetime) and isinstance(number, uuid.UUID)
    note("moments")


def mapping(details: dict[str, int], **more: str) -> str:
    """Take what is open."""
    assert isinstance(details, dict)
    note("mapping")


def loud(city: str) -> str:
    """Get the weather."""
    print("printed")
    os.write(1, b"written\\n")
    return city


def broken(city: str) -> str:
    """Get the weather."""
    note("broken")
    raise RuntimeError("wet fuse")


def leaving(city: str) -> str:
    """Get the weather."""
    sys.exit(0)


async def leaving_later(city: str) -> str:
    """Get the weather."""
    sys.exit(0)


@function_tool
async def leaving_built(city: str) -> str:
    """Get the weather."""
    sys.exit(0)


@function_tool(failure_error_function=lambda context, error: "All is well.")
def hushed(city: str) -> str:
    """Get the weather."""
    raise RuntimeError("wet fuse")


async def invoke(context, arguments):
    raise RuntimeError("wet fuse")


raw = FunctionTool("raw", "Get the weather.", {"type": "object", "properties": {}}, invoke)


def slow(city: str) -> str:
    """Get the weather."""
    time.sleep(30)


async def slow_later(city: str) -> str:
    """Get the weather."""
    await asyncio.sleep(30)


@function_tool(is_enabled=False)
def off(city: str) -> str:
    """Get the weather."""


@function_tool(is_enabled=lambda context, agent: False)
def hidden(city: str) -> str:
    """Get the weather."""


@function_tool
def counted(city: str) -> dict[str, int]:
    """Get the weather."""
    note("counted")
    return {}


@tool_input_guardrail
def no_pii(data):
    return ToolGuardrailFunctionOutput.raise_exception()


@function_tool(tool_input_guardrails=[no_pii])
def guarded(city: str) -> str:
    """Get the weather."""


def looking_ahead(code: Annotated[str, Field(pattern="^(?=a)b")]) -> str:
    """Take what no sample fits."""


def forward(city: "Undefined") -> str:
    """Take what there is not."""
'''


def team(write: Write, tools: str, more: str = "") -> Path:
    """Write an agent with `tools`, items of a YAML list, and give the project's folder."""
    write("agents.d/tools.py", TOOLS)
    text = f"agents:\n  solo:\n    model: openai/gpt-4.1\n    tools: [{tools}]\n{more}"
    return write("agents.d/team.yaml", text).parent.parent


def notes(project: Path) -> list[str]:
    """Give what the tools noted, a line for each call; nothing if none was called."""
    path = project / "agents.d" / "notes.txt"
    return path.read_text().splitlines() if path.exists() else []
