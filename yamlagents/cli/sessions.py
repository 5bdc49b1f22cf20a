"""`yamlagents sessions`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict, replace
from importlib import import_module
from typing import Any

import click

from yamlagents.cli import conversation, jsontext, logs, sessionlines, terminal
from yamlagents.cli.options import ENV_FILE, read_environment
from yamlagents.cli.places import agent_file, complete_name, folder_option
from yamlagents.cli.reuse import ALLOW, SETTING, reuse_options
from yamlagents.result import RunError
from yamlagents.runtime.redaction import Redaction
from yamlagents.spec.loader import load
from yamlagents.spec.problem import Place, Source, suggestion
from yamlagents.spec.project import shown_name
from yamlagents.spec.records import Spec
from yamlagents.spec.sessions.kinds import CODE_KIND, DEFAULT_KIND
from yamlagents.spec.sessions.records import SessionSpec

_OPTIONS: tuple[Callable[..., Any], ...] = (
    click.argument("file", metavar="FILE|NAME", shell_complete=complete_name),
    folder_option,
    ENV_FILE,
    SETTING,
    reuse_options,
    ALLOW,
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
)


def _with_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@click.group(
    "sessions",
    epilog="\b\nExamples:\n  yamlagents sessions list weather\n"
    "  yamlagents sessions show weather ada\n  yamlagents sessions rm weather ada --yes",
)
def command() -> None:
    """List, show and remove the conversations that `--session` keeps.

    FILE|NAME is an agent file, whose run.session says where they are kept.
    """


@command.command("list")
@_with_options
def list_(as_json: bool, **values: Any) -> None:
    """List the sessions of an agent file's store."""
    store = _Store(values)
    kept = store.kept()
    if as_json:
        click.echo(jsontext.dump([asdict(one) for one in kept], indent=2))
    elif kept:
        click.echo("\n".join(sessionlines.table(kept)))
    else:
        terminal.say("no sessions; a run keeps one with --session NAME")


@command.command("show")
@_with_options
@click.argument("name", required=False)
def show(name: str | None, as_json: bool, **values: Any) -> None:
    """Print what was said in a session: NAME, or the one that the file names."""
    store = _Store(values)
    wanted = store.name(name)
    store.find([wanted])
    items, unread = store.do(_items(replace(store.spec.without("compaction"), id=wanted)))
    if unread:
        counted = terminal.counted(unread, "item")
        terminal.say(f"{counted} cannot be read any more: older than the ttl of the encryption")
    if as_json:
        click.echo(jsontext.dump({"name": wanted, "items": items}, indent=2))
        return
    for item in items:
        click.echo(sessionlines.line(item))


@command.command("rm")
@_with_options
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def remove(names: tuple[str, ...], yes: bool, as_json: bool, **values: Any) -> None:
    """Remove sessions: each NAME, or the one that the file names. It cannot be undone."""
    store = _Store(values)
    wanted = list(dict.fromkeys(names or (store.name(None),)))
    store.find(wanted)
    told = ", ".join(f"'{terminal.visible(name)}'" for name in wanted)
    if not yes:
        if not terminal.is_terminal(sys.stdin):
            raise click.UsageError("There is nobody to ask whether to remove it: give --yes.")
        click.confirm(f"Remove {told}?", abort=True, err=True)
    for name in wanted:
        store.do(_clear(replace(store.spec.store, id=name)))
    click.echo(jsontext.dump({"removed": wanted}) if as_json else f"removed {told}")


class _Store:
    """The sessions of one agent file."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._agents = _loaded(values)
        place = Place(Source(shown_name(self._agents.file), ""), 1, 1, 1, 1)
        default = SessionSpec(DEFAULT_KIND, place, self._agents.root)
        self.spec = self._agents.run.session or default
        logs.set_up(Redaction(self._agents))

    def name(self, given: str | None) -> str:
        """Give the session that is meant. Raises `click.UsageError` if none is named."""
        name = given if given is not None else self.spec.id
        if name is None:
            raise click.UsageError("Name a session; `yamlagents sessions list` lists them.")
        return name

    def kept(self) -> list[Any]:
        """Give what the store holds. Raises `click.UsageError` if it cannot be asked."""
        try:
            found: list[Any] = self.do(_sdk("sessions.listing").sessions_in(self.spec))
        except LookupError as error:
            raise click.UsageError(f"{error}; name one to show or remove it.") from error
        return found

    def find(self, wanted: list[str]) -> None:
        """Raise `click.UsageError` for a session that there is not, as far as that is known."""
        if self.spec.store.kind == CODE_KIND:
            return
        known = [one.name for one in self.kept()]
        for name in wanted:
            if name not in known:
                near = suggestion(name, known)
                raise click.UsageError(f"There is no session '{terminal.visible(name)}'{near}")

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do some work with the store; what fails is told without passwords."""
        try:
            return conversation.in_own_loop(work)
        except RunError as error:
            redacted = import_module("yamlagents.runtime.failures").redacted
            said = redacted(error.message, self._agents)
            raise RunError(error.code, said, exit=error.exit, hint=error.hint) from error


def _loaded(values: Mapping[str, Any]) -> Spec:
    read_environment(values["env_file"])
    keys = ("allow", "overrides", "params", "overlays")
    file = agent_file(values["file"], values["folder"])
    return load(file, **{key: values[key] for key in keys})


async def _items(spec: SessionSpec) -> tuple[list[Any], int]:
    """Give what is in a session, and how many items of it can no longer be read."""
    async with _sdk("sessions.opening").opening(spec, whole=True) as session:
        items = await session.get_items()
        if all(layer.kind != "encrypted" for layer in spec.layers):
            return items, 0
        return items, len(await session.underlying_session.get_items()) - len(items)


async def _clear(spec: SessionSpec) -> None:
    async with _sdk("sessions.opening").opening(spec, whole=True) as session:
        await session.clear_session()


def _sdk(module: str) -> Any:
    # Above the SDK line, and so loaded once the file has been checked.
    return import_module(f"yamlagents.sdk.{module}")
