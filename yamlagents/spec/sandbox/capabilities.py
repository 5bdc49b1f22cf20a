"""What an agent can do in its sandbox: capabilities that go together, and the tools they bring."""

from __future__ import annotations

from collections.abc import Iterator

from yamlagents.spec.code import coderefs
from yamlagents.spec.problem import Problem
from yamlagents.spec.sandbox.entries import FOLDERS, entries_problems, entry_problems, path_problem
from yamlagents.spec.sandbox.kinds import CAPABILITY_TOOLS, DEFAULT_CAPABILITIES
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.variables import Unset

# Capabilities that only models of OpenAI's Responses API take.
OF_RESPONSES = ("filesystem", "compaction")
# What is in a repository, nobody knows before it is there; the model is told of skills before.
_SKILL_FOLDERS = ("dir", "local_dir")
CAPABILITIES = ("shell", "filesystem", "compaction", "skills")
_SOURCES = ("skills", "from_", "lazy_from")


def kinds(sandbox: Field) -> Iterator[tuple[Field, str | None]]:
    """Give each capability with its kind; None is that of code, and of what nobody knows yet.

    Those of the SDK stand where the key of the sandbox is.
    """
    given = sandbox.part("capabilities")
    if not isinstance(given.value, list):
        yield from ((sandbox, kind) for kind in DEFAULT_CAPABILITIES)
        return
    for item in given.items():
        kind = item.part("type").value if isinstance(item.value, dict) else item.value
        known = isinstance(kind, str) and not isinstance(kind, Unset)
        yield item, kind if known and not coderefs.names_code(item) else None


def capability_tools(sandbox: Field) -> tuple[list[tuple[str, Field]], bool]:
    """Give the tools of capabilities by name, and whether these are all there are."""
    found: list[tuple[str, Field]] = []
    complete = True
    seen: set[str] = set()
    for item, kind in kinds(sandbox):
        if kind in seen:  # which is told elsewhere
            continue
        seen.update(filter(None, (kind,)))
        if kind is None or item.part("configure_tools").value is not None:
            complete = False
        names: tuple[str, ...] = CAPABILITY_TOOLS.get(kind or "", ())
        if kind == "skills" and item.part("lazy_from").value is not None:
            names = ("load_skill",)
        found += [(name, item) for name in names]
    return found, complete


def capability_problems(sandbox: Field, scope: Scope) -> Iterator[Problem]:
    """Give the problems of the capabilities of a sandbox."""
    seen: dict[str, Field] = {}
    for item, kind in kinds(sandbox):
        if item is sandbox:
            return
        yield from coderefs.code_problem(item, scope)
        if kind in seen and kind in CAPABILITIES:
            message = f"a second capability '{kind}'; the first is at {seen[kind].place}"
            yield item.problem("duplicate-tool", message, "remove one of them")
        if kind is not None:
            seen.setdefault(kind, item)
        if isinstance(item.value, dict) and kind is not None:
            yield from coderefs.code_problem(item.part("configure_tools"), scope)
            yield from _policy(item.part("policy"))
            if kind == "skills":
                yield from _skills(item, scope)


def _policy(policy: Field) -> Iterator[Problem]:
    if not isinstance(policy.value, dict):
        return
    kind, threshold = policy.value.get("type"), policy.part("threshold")
    info = policy.part("model_info")
    number = threshold.value
    if kind == "static" and isinstance(number, float):
        message = "'threshold' of a static policy is a number of tokens"
        yield threshold.problem("bad-value", message, "write a whole number, or type: dynamic")
    if kind == "dynamic" and isinstance(number, int | float) and number > 1:
        message = "'threshold' of a dynamic policy is a share, from 0 to 1"
        yield threshold.problem("bad-value", message, "write 0.9 for nine tenths, or type: static")
    if kind == "dynamic" and info.value is None:
        hint = "add model_info: {context_window: 128000}"
        yield policy.problem("required-key", "a dynamic policy needs a model_info", hint)
    if kind == "static" and info.value is not None:
        message = "'model_info' does nothing for a static policy"
        place = info.key_place
        yield info.document.problem(place, "conflicting-keys", message, hint="remove it")


def _skills(item: Field, scope: Scope) -> Iterator[Problem]:
    given = [key for key in _SOURCES if item.part(key).value is not None]
    if len(given) != 1:
        message = "skills come from one of 'skills', 'from_' and 'lazy_from'"
        found = f"; here are {' and '.join(map(repr, given))}" if given else "; here is none"
        hint = "keep one of them" if given else "add from_: {type: local_dir, src: skills}"
        yield item.problem("conflicting-keys", message + found, hint)
    place = item.part("skills_path")
    if isinstance(place.value, str) and not isinstance(place.value, Unset):
        yield from _inside(place, place.value)
    folder = item.part("from_")
    if folder.value is not None:
        yield from entry_problems(folder, scope)
        kind = folder.part("type")
        if kind.value is not None and kind.value not in _SKILL_FOLDERS:
            message = "the skills of 'from_' lie in a folder of the project, or are written here"
            hint = "write type: local_dir, or dir; another source is for code that makes Skills"
            yield kind.problem("bad-value", message, hint)
    yield from entry_problems(item.part("lazy_from").part("source"), scope)
    names: set[object] = set()
    for skill in item.part("skills").items():
        name = skill.part("name")
        if isinstance(name.value, str) and not isinstance(name.value, Unset):
            yield from _inside(name, name.value)
            if name.value in names:
                yield name.problem("duplicate-name", f"a second skill called '{name.value}'")
            names.add(name.value)
        yield from _content(skill.part("content"), scope)
        for key in ("scripts", "references", "assets"):
            yield from entries_problems(skill.part(key), scope)


def _content(content: Field, scope: Scope) -> Iterator[Problem]:
    if not isinstance(content.value, dict):
        return
    yield from entry_problems(content, scope)
    kind = content.part("type")
    if kind.value in FOLDERS:
        hint = "write text, or type: local_file"
        yield kind.problem("bad-value", "the content of a skill is a file", hint)


def _inside(field: Field, path: str) -> Iterator[Problem]:
    said = path_problem(path)
    if said is not None:
        yield field.problem("outside-sandbox", said, "write it relative to the workspace")
