"""`yamlagents doctor`."""

from __future__ import annotations

import os
import platform
import site
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click
import yaml

import yamlagents
from yamlagents.cli.places import files_below, folder_option
from yamlagents.cli.terminal import counted
from yamlagents.spec.loader import check
from yamlagents.spec.models.providers import KEY_VARIABLES

PACKAGES = ("openai-agents", "litellm", "openai", "pyyaml", "jsonschema", "click")

# Releases with a credential stealer inside, taken down within hours (March 2026); a mirror or a
# cache may still hold one. The second started itself with every Python, by the file below.
BAD_LITELLM = ("1.82.7", "1.82.8")
BAD_FILE = "litellm_init.pth"

OK, BAD, NOTE = "ok", "bad", "note"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: its state, and what was seen."""

    state: str
    subject: str
    seen: str


@click.command("doctor", epilog="\b\nExample:\n  yamlagents doctor")
@folder_option
@click.pass_context
def command(ctx: click.Context, folder: Path) -> None:
    """Look for trouble: versions, unsafe LiteLLM releases, keys that are set, files that load.

    Exits with 2 if something is bad. Keys are named, never shown; nothing leaves this machine.
    """
    findings = [*_python(), *_packages(), *_stealer(), *_keys(), *_files(folder)]
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        click.echo(f"{finding.state:<4}  {finding.subject:<{width}}  {finding.seen}")
    ctx.exit(2 if any(finding.state == BAD for finding in findings) else 0)


def _python() -> Iterator[Finding]:
    yield Finding(OK, "yamlagents", yamlagents.__version__)
    yield Finding(OK, "python", f"{platform.python_version()} on {platform.system()}")


def _packages() -> Iterator[Finding]:
    for package in PACKAGES:
        try:
            installed = version(package)
        except PackageNotFoundError:
            yield Finding(BAD, package, "not installed; run pip install yamlagents again")
            continue
        if package == "litellm" and installed in BAD_LITELLM:
            seen = f"{installed} steals credentials: remove it, and change every key it could see"
            yield Finding(BAD, package, seen)
        elif package == "pyyaml" and not hasattr(yaml, "CLoader"):
            yield Finding(NOTE, package, f"{installed} without libyaml: loading files is slow")
        else:
            yield Finding(OK, package, installed)


def _stealer() -> Iterator[Finding]:
    folders = [*site.getsitepackages(), site.getusersitepackages()]
    found = [
        str(Path(folder) / BAD_FILE) for folder in folders if (Path(folder) / BAD_FILE).exists()
    ]
    if found:
        yield Finding(BAD, BAD_FILE, f"{found[0]} runs at every start of Python: remove it")
    else:
        yield Finding(OK, BAD_FILE, "not there, as it should be")


def _keys() -> Iterator[Finding]:
    names = sorted({name for variables in KEY_VARIABLES.values() for name in variables})
    present = [name for name in names if os.environ.get(name)]
    yield Finding(OK if present else NOTE, "keys", ", ".join(present) or "none is set")


def _files(folder: Path) -> Iterator[Finding]:
    if not folder.is_dir():
        yield Finding(NOTE, f"{folder}/", "no such folder; yamlagents init writes one")
        return
    for path in files_below(folder):
        checked = check(path)
        errors = [problem for problem in checked.problems if problem.severity == "error"]
        if errors:
            first = f"{errors[0].place}: {errors[0].message}"
            yield Finding(BAD, str(path), f"{counted(len(errors), 'problem')}; first: {first}")
        else:
            agents = len(checked.spec.agents) if checked.spec is not None else 0
            offer = checked.offer
            said = [(agents, "agent"), (len(offer.params), "param")]
            said.append((len(offer.overlays), "overlay"))
            found = [counted(number, noun) for number, noun in said if number or noun == "agent"]
            yield Finding(OK, str(path), ", ".join(found))
