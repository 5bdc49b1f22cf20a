"""From the files of a workspace as data to the SDK's `Manifest`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from agents.sandbox import Manifest
from agents.sandbox.entries import BaseEntry, Dir, File, GitRepo, LocalDir, LocalFile
from agents.sandbox.errors import SandboxError
from agents.sandbox.manifest import EnvEntry, Environment, StrEnvValue
from agents.sandbox.materialization import MaterializedFile
from agents.sandbox.session import BaseSandboxSession
from agents.sandbox.workspace_paths import SandboxPathGrant
from pydantic import ValidationError

from yamlagents.sdk import code
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.problem import Place, Problem, SpecError
from yamlagents.spec.sandbox.records import AnyManifest


class ProjectFile(LocalFile):
    """A file of the project, which was checked to be in it.

    The SDK copies files from below the current directory, and others if their folder is granted:
    that would be all that lies beside them.
    """

    type: Literal["project_file"] = "project_file"  # type: ignore[assignment]  # known by it

    async def apply(
        self, session: BaseSandboxSession, dest: Path, base_dir: Path
    ) -> list[MaterializedFile]:
        return await super().apply(session, dest, self.src.parent)


_KINDS: dict[str, type[BaseEntry]] = {
    "file": File,
    "dir": Dir,
    "local_file": ProjectFile,
    "local_dir": LocalDir,
    "git_repo": GitRepo,
}
# What the SDK raises for values that it does not take.
REFUSED = (SandboxError, ValidationError, TypeError, ValueError)


def manifest_of(spec: AnyManifest | None, root: Path) -> Manifest:
    """Make the manifest of `spec`, an empty one of None. Raises `SpecError` at its place.

    Sources in the project were checked; reading them, and nothing else, is granted.
    """
    if spec is None:
        return Manifest()
    if isinstance(spec, CodeSpec):
        return _made(spec, root)
    given = dict(spec.fields)
    try:
        entries = {path: entry_of(data, root) for path, data in given.pop("entries", {}).items()}
        variables = given.pop("environment", {})
        users = [{"name": name} for name in given.pop("users", ())]
        groups = [_group(group) for group in given.pop("groups", ())]
        return Manifest(
            entries=dict(entries),
            environment=Environment(value={k: _variable(v) for k, v in variables.items()}),
            extra_path_grants=tuple(grants(entries.values())),
            **{"users": users, "groups": groups, **given},
        )
    except REFUSED as error:
        raise refusal("the manifest", error, spec.place) from error


def refusal(what: str, error: Exception, place: Place) -> SpecError:
    """Give the problem of something that the SDK does not take."""
    lines = [part["msg"] for part in error.errors()] if isinstance(error, ValidationError) else []
    said = "; ".join(lines) or str(error).partition("\n")[0]
    return SpecError([Problem(place, "error", "bad-sandbox", f"{what} cannot be made: {said}")])


def entry_of(data: Mapping[str, Any], root: Path) -> BaseEntry:
    """Make an entry of a workspace. Raises what is in `REFUSED`."""
    given = {key: value for key, value in data.items() if key not in ("type", "children")}
    if "src" in given:
        given["src"] = root / given["src"]
    if "content" in given:
        given["content"] = given["content"].encode()
    if "group" in given:
        given["group"] = {"name": given["group"]}
    if "children" in data:
        children = data["children"].items()
        given["children"] = {path: entry_of(child, root) for path, child in children}
    return _KINDS[data["type"]](**given)


def grants(entries: Any) -> Iterator[SandboxPathGrant]:
    """Give what has to be granted so that the SDK may copy what entries name in the project."""
    for entry in entries:
        if isinstance(entry, LocalDir) and entry.src is not None:
            yield SandboxPathGrant(path=str(entry.src), read_only=True)
        elif isinstance(entry, Dir):
            yield from grants(entry.children.values())


def _variable(given: Any) -> Any:
    if not isinstance(given, Mapping):
        return given
    rest = {key: value for key, value in given.items() if key != "value"}
    return EnvEntry(value=StrEnvValue(value=given["value"]), **rest)


def _group(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": given["name"], "users": [{"name": user} for user in given["users"]]}


def _made(spec: CodeSpec, root: Path) -> Manifest:
    found = code.made(spec, root)
    if spec.arguments is None and not isinstance(found, Manifest):
        found = code.made(CodeSpec(spec.point, {}), root) if callable(found) else found
    if not isinstance(found, Manifest):
        message = f"'{spec.point.text}' is a {type(found).__name__}, not the SDK's Manifest"
        raise SpecError([Problem(spec.place, "error", "wrong-kind", message)])
    return found
