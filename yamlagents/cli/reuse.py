"""Settings, params and overlays on a command line, and what each of many files takes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from yamlagents.cli.places import DEFAULT, agent_file, files_of
from yamlagents.spec.problem import shortened, suggestion
from yamlagents.spec.reuse.overrides import override_of
from yamlagents.spec.reuse.sources import Offer, offered


@dataclass(frozen=True)
class Choice:
    """What a file is checked with: values of its params as text, and its overlays in order."""

    params: Mapping[str, str] = field(default_factory=dict)
    overlays: tuple[str, ...] = ()


def _params(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise click.BadParameter(f"'{shortened(text)}' is not NAME=VALUE")
        if name.strip() in values:
            raise click.BadParameter(f"'{name.strip()}' is given twice")
        values[name.strip()] = value
    return values


def _complete_param(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    names = {f"{name}=" for offer in _offers(ctx) for name in offer.params}
    return [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]


def _complete_overlay(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    names = {name for offer in _offers(ctx) for name in offer.overlays}
    return [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]


def _offers(ctx: click.Context) -> Iterator[Offer]:
    """Give what the files offer that are on the command line so far, or lie in the folder."""
    folder = Path(ctx.params.get("folder") or DEFAULT)
    # While an option has no value yet, Click has not told arguments apart.
    file = ctx.params.get("file")
    named = [file] if file else [*(ctx.params.get("paths") or ()), *ctx.args]
    try:
        if any(param.name == "file" for param in ctx.command.params):
            found = [agent_file(text, folder) for text in named[:1]]
        else:
            found = [file for path in named or [str(folder)] for file in files_of(path)]
    except click.UsageError:
        return
    yield from map(offered, found)


def _settings(
    ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    for text in texts:
        try:
            override_of(text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
    return texts


SETTING = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    callback=_settings,
    help="Set a value of the file, such as models.fast.model=openai/gpt-4.1; repeatable.",
)
ALLOW = click.option(
    "--allow", multiple=True, metavar="MODULE", help="Allow code of MODULE; repeatable."
)
PARAM = click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_params,
    shell_complete=_complete_param,
    help="Give a param of the file a value; repeatable.",
)
OVERLAY = click.option(
    "--overlay",
    "overlays",
    multiple=True,
    metavar="NAME",
    shell_complete=_complete_overlay,
    help="Merge an overlay of the file over it; repeatable, in order.",
)


def reuse_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--param` and `--overlay`, which come as a mapping of texts and a tuple of names."""
    return PARAM(OVERLAY(function))


def hold(given: Choice, began: Choice) -> None:
    """Raise `click.BadParameter` where something is given that a run did not begin with."""
    for name, text in given.params.items():
        before = began.params.get(name)
        if before is None:
            message = f"the run began without the param '{shortened(name)}'"
        elif before not in (text, str(Path(text).resolve())):
            message = f"the run began with another value of '{shortened(name)}'"
        else:
            continue
        raise click.BadParameter(f"{message}; {_ANEW}", param_hint="'--param'")
    if given.overlays and given.overlays != began.overlays:
        before = f"with {', '.join(began.overlays)}" if began.overlays else "without overlays"
        raise click.BadParameter(f"the run began {before}; {_ANEW}", param_hint="'--overlay'")


_ANEW = "a run goes on as it began, or is run anew"


def choices(
    files: Iterable[Path], params: Mapping[str, str], overlays: Sequence[str]
) -> dict[Path, Choice]:
    """Give what each of the files is checked with.

    One file takes all that is given. Of several, each takes what it has; what none of them has is
    a `click.BadParameter`.
    """
    named = list(files)
    everything = Choice(params, tuple(overlays))
    if len(named) < 2 or not (params or overlays):
        return dict.fromkeys(named, everything)
    offers = {file: offered(file) for file in named}
    if all(offer.complete for offer in offers.values()):
        _refuse(params, [name for one in offers.values() for name in one.params], "param")
        _refuse(overlays, [name for one in offers.values() for name in one.overlays], "overlay")
    return {
        file: Choice(
            {name: value for name, value in params.items() if name in offer.params},
            tuple(name for name in overlays if name in offer.overlays),
        )
        if offer.complete
        else everything
        for file, offer in offers.items()
    }


def _refuse(given: Iterable[str], known: Sequence[str], noun: str) -> None:
    for name in given:
        if name not in known:
            message = f"none of the files has the {noun} '{shortened(name)}'"
            raise click.BadParameter(f"{message}{suggestion(name, known)}", param_hint=f"--{noun}")
