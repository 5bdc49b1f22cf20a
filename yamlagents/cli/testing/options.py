"""The options of `yamlagents test`: which tests, who answers, and what is reported where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import click

from yamlagents.cli.modelnames import model_name
from yamlagents.cli.reuse import ALLOW, OVERLAY, PARAM

FORMATS = ("text", "json", "junit", "github", "ndjson", "markdown")


@dataclass(frozen=True)
class OptionsOfTest:
    """What `test` is told. `outputs` are formats and the files they go to."""

    words: str | None
    tags: tuple[str, ...]
    last_failed: bool
    fail_fast: bool
    jobs: int
    live: bool
    record: Literal["none", "once", "new", "all"]
    tools: Literal["live", "stub", "replay"] | None
    models: tuple[str, ...]
    streamed: bool
    update: bool
    prune: bool
    dry_run: bool
    form: str
    outputs: tuple[tuple[str, Path], ...]
    allow: tuple[str, ...]
    params: Mapping[str, str]
    overlays: tuple[str, ...]
    quiet: bool
    verbose: bool
    color: bool = True


def _outputs(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, Path], ...]:
    found = []
    for value in values:
        form, colon, path = value.partition(":")
        if form not in FORMATS or not colon or not path:
            raise click.BadParameter(f"'{value}' is not FORMAT:FILE; formats: {', '.join(FORMATS)}")
        found.append((form, Path(path)))
    return tuple(found)


def _models(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    if value is None:
        return ()
    key, _, listed = value.partition("=")
    models = tuple(filter(None, map(str.strip, listed.split(","))))
    if key.strip() != "model" or not models:
        raise click.BadParameter(f"'{value}' is not model=MODEL,MODEL")
    try:
        return tuple(dict.fromkeys(map(model_name, models)))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


_OPTIONS: tuple[Callable[..., Any], ...] = (
    click.option(
        "-k",
        "words",
        metavar="WORDS",
        help="Run tests whose file::name has WORDS; and, or, not and brackets work.",
    ),
    click.option("--tag", "tags", multiple=True, metavar="TAG", help="Run tests with TAG."),
    click.option("--last-failed", is_flag=True, help="Run what failed last; all, if nothing did."),
    click.option("--fail-fast", is_flag=True, help="Start no more tests once one has failed."),
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        help="How many tests run at a time.",
    ),
    click.option("--live", is_flag=True, help="Ask the models' providers; read no cassette."),
    click.option(
        "--record", is_flag=True, help="Ask the models' providers, and write cassettes anew."
    ),
    click.option(
        "--record-mode",
        type=click.Choice(["none", "once", "new", "all"]),
        help="Record nothing, whole missing cassettes, missing exchanges, or everything.",
    ),
    click.option(
        "--tools",
        type=click.Choice(["live", "stub", "replay"]),
        help="What answers tool calls, whatever the tests say.",
    ),
    click.option(
        "--matrix",
        "models",
        metavar="model=A,B",
        callback=_models,
        help="Run each test with each of these LiteLLM models.",
    ),
    click.option(
        "--stream/--no-stream",
        "streamed",
        default=False,
        show_default=True,
        help="Ask the models to stream their answers; a recording serves both.",
    ),
    click.option(
        "--update",
        is_flag=True,
        help="Write what came out into the files, where an exact value was expected.",
    ),
    click.option(
        "--prune", is_flag=True, help="Remove from the cassettes what no test uses any more."
    ),
    click.option(
        "--dry-run", is_flag=True, help="With --update and --prune: tell all, change nothing."
    ),
    click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="How results are written to stdout.",
    ),
    click.option(
        "--output",
        "outputs",
        multiple=True,
        metavar="FORMAT:FILE",
        callback=_outputs,
        help="Write results to FILE as well; repeatable.",
    ),
    ALLOW,
    PARAM,
    OVERLAY,
    click.option("-q", "--quiet", is_flag=True, help="Tell failures only."),
    click.option("-v", "--verbose", is_flag=True, help="Show the transcript of every test."),
)


def test_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of `test`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def options_of(values: dict[str, Any]) -> OptionsOfTest:
    """Give the options as one object. Raises `click.UsageError` for those that exclude others."""
    mode = values.pop("record_mode")
    recording = values["record"] or (mode is not None and mode != "none")
    if values["live"] and recording:
        raise click.UsageError("--live and --record exclude each other.")
    if values["record"] and mode == "none":
        raise click.UsageError("--record and --record-mode none exclude each other.")
    _refuse_changes(values)
    values["record"] = mode or ("all" if values["record"] else "none")
    known = {field.name for field in fields(OptionsOfTest)}
    return OptionsOfTest(**{key: value for key, value in values.items() if key in known})


# What makes the answers, or the choice of tests, another than it is without options.
_NOT_WITH = {
    "update": {
        "live": "--live: the next answer may be another one; record it",
        "models": "--matrix: models give several answers",
        "tools": "--tools: without it the answers may be others",
    },
    "prune": {
        "live": "--live, which uses no cassette",
        "words": "-k: what no test uses shows once all tests of a file have run",
        "tags": "--tag: what no test uses shows once all tests of a file have run",
        "last_failed": "--last-failed: what no test uses shows once all tests of a file have run",
    },
}


def _refuse_changes(values: dict[str, Any]) -> None:
    for option, others in _NOT_WITH.items():
        for other, said in others.items():
            if values[option] and values[other]:
                raise click.UsageError(f"--{option} does not go with {said}.")
    if values["dry_run"] and not (values["update"] or values["prune"]):
        raise click.UsageError("--dry-run is about --update and --prune.")
