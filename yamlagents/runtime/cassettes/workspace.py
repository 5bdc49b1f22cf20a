"""What the model of an agent with a sandbox is told of it: which part of that has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from yamlagents.runtime.cassettes.places import Places

# The headings of the SDK, in their order; before them is what the sandbox is introduced with.
_OWN = "# Agent instructions\n\n"
_CAPABILITIES = "# Sandbox capability instructions\n\n"
_WORKSPACE = (
    "# Filesystem\nYou have access to a container with a filesystem. The filesystem layout is:"
)
_SKILLS = "## Skills\n"
# A line of the tree: a name, which ends with a slash if it is a folder, a path, a description.
_ENTRY = re.compile(r"── (.*?) {2,}# (/.*?)(?: — (.*))?$", re.MULTILINE)


@dataclass(frozen=True)
class Told:
    """A part that changed: what it is, where the file says it, and the texts before and now."""

    what: str
    place: str
    before: str = ""
    now: str = ""
    change: str = "changed"


def told_changes(before: str, now: str, places: Places) -> Iterator[Told]:
    """Give the parts of what an agent is told that are not what they were."""
    old, new = _parts(before), _parts(now)
    agent = f"`{places.agent}`"
    own = _both(old, new, _OWN)
    if own[0] != own[1]:
        yield Told(f"instructions of {agent}", places.instructions(*own), *own)
    if (_WORKSPACE in old) != (_WORKSPACE in new):
        change = "was added" if _WORKSPACE in new else "was removed"
        yield Told(f"sandbox of {agent}", places.key("sandbox"), change=change)
        return
    base = _both(old, new, "")
    if base[0] != base[1]:
        yield Told(f"base_instructions of {agent}", places.sandbox("base_instructions"), *base)
    told = _both(old, new, _CAPABILITIES)
    if told[0] != told[1]:
        are_skills = told[0].partition(_SKILLS)[2] != told[1].partition(_SKILLS)[2]
        place = places.capability("skills") if are_skills else places.sandbox("capabilities")
        yield Told(f"instructions of the capabilities of {agent}", place, *told)
    files = _both(old, new, _WORKSPACE)
    if files[0] != files[1]:
        yield Told(f"workspace of {agent}", _place(*files, places), *files)


def _parts(text: str) -> dict[str, str]:
    """Split what an agent is told by the SDK's headings; without a sandbox it is all its own."""
    found: dict[str, str] = {}
    rest = text
    for heading in (_WORKSPACE, _CAPABILITIES, _OWN):
        at = rest.rfind(heading)
        if at >= 0:
            found[heading] = rest[at + len(heading) :]
            rest = rest[:at].removesuffix("\n\n")
        elif heading == _WORKSPACE:
            return {_OWN: text}
    return {**found, "": rest}


def _both(old: dict[str, str], new: dict[str, str], heading: str) -> tuple[str, str]:
    return old.get(heading, ""), new.get(heading, "")


def _place(before: str, now: str, places: Places) -> str:
    """Give the place of the first entry that changed, or of what else is told of the workspace."""
    trees = [text.partition("\n\n")[2] for text in (before, now)]
    if trees[0] == trees[1]:
        return places.of_sandboxes("cwd") or places.workspace(None)
    old, new = ({one[2]: one.groups() for one in _ENTRY.finditer(tree)} for tree in trees)
    root = trees[1].partition("\n")[0].rstrip("/")
    changed = next((path for path in new if old.get(path) != new[path]), None)
    return places.workspace(changed.removeprefix(f"{root}/") if changed is not None else None)
