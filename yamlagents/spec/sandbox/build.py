"""From the checked `sandbox` of agents and of `run` to frozen data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from yamlagents.spec.code import coderefs
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.models.build import known
from yamlagents.spec.problem import Problem
from yamlagents.spec.project import target_of
from yamlagents.spec.run.fields import run_fields
from yamlagents.spec.sandbox.entries import ENTRY_MAPS, LOCAL
from yamlagents.spec.sandbox.kinds import DEFAULT_CAPABILITIES, waiting
from yamlagents.spec.sandbox.records import (
    AnyManifest,
    ManifestSpec,
    RunSandboxSpec,
    SandboxSpec,
    SnapshotSpec,
)
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.tools.records import CapabilitySpec
from yamlagents.spec.variables import Unset

_LIMITS = ("concurrency_limits", "archive_limits", "cwd")


def sandbox_of(fields: Mapping[str, Field], scope: Scope) -> SandboxSpec | None:
    """Give the sandbox of the agent that has `fields`, if it has one."""
    sandbox = fields.get("sandbox")
    if sandbox is None or not isinstance(sandbox.value, dict):
        return None
    told, run_as = sandbox.part("base_instructions"), sandbox.part("run_as")
    return SandboxSpec(
        place=sandbox.key_place,
        manifest=_manifest(sandbox.part("default_manifest"), scope),
        base_instructions=_text_or_code(told, scope),
        capabilities=_capabilities(sandbox.part("capabilities"), sandbox, scope),
        run_as=run_as.value if _is_given(run_as) else None,
    )


def run_sandbox_of(scope: Scope) -> RunSandboxSpec | None:
    """Give where the sandboxes of a run are, if the files say it."""
    sandbox = run_fields(scope).get("sandbox")
    if sandbox is None or not isinstance(sandbox.value, dict):
        return None
    client, options = sandbox.part("client"), sandbox.part("options")
    given = {key: sandbox.part(key) for key in _LIMITS}
    return RunSandboxSpec(
        place=sandbox.key_place,
        client=_client(client, scope),
        client_options=MappingProxyType(_client_options(client)),
        options=MappingProxyType(_plain(options.value)) if _is_given(options) else None,
        manifest=_manifest(sandbox.part("manifest"), scope),
        snapshot=_snapshot(sandbox.part("snapshot"), scope),
        obstacles=tuple(_obstacles(scope)),
        limits=MappingProxyType({k: _plain(f.value) for k, f in given.items() if _is_given(f)}),
    )


def _obstacles(scope: Scope) -> Iterator[Problem]:
    for document in scope.documents:
        for keys in waiting(document):
            place = document.place(*keys)
            for problem in document.home(*keys).problems:
                if problem.place == place and problem.code == "unset-variable":
                    yield replace(problem, severity="error")


def _is_given(field: Field) -> bool:
    return field.value is not None and not isinstance(field.value, Unset)


def _client(client: Field, scope: Scope) -> str | CodeSpec | None:
    if coderefs.names_code(client):
        return coderefs.code_of(client, scope)
    kind = client.part("type").value if isinstance(client.value, dict) else client.value
    return kind if isinstance(kind, str) and not isinstance(kind, Unset) else None


def _client_options(client: Field) -> dict[str, Any]:
    if not isinstance(client.value, dict) or coderefs.names_code(client):
        return {}
    return {key: value for key, value in _plain(client.value).items() if key != "type"}


def _text_or_code(field: Field, scope: Scope) -> str | CodeSpec | None:
    if isinstance(field.value, dict):
        return coderefs.code_of(field, scope) if coderefs.names_code(field) else None
    return str(field.value) if field.value is not None else None


def _manifest(field: Field, scope: Scope) -> AnyManifest | None:
    if coderefs.names_code(field):
        return coderefs.code_of(field, scope)
    if not isinstance(field.value, dict):
        return None
    return ManifestSpec(MappingProxyType(_rooted(field, scope)), field.place)


def _snapshot(field: Field, scope: Scope) -> SnapshotSpec | None:
    if not isinstance(field.value, dict) or not _is_given(field.part("type")):
        return None
    path, name = field.part("base_path"), field.part("id")
    return SnapshotSpec(
        kind=field.value["type"],
        base_path=Path(in_project(path, scope)) if _is_given(path) else None,
        id=name.value if _is_given(name) else None,
    )


def _capabilities(field: Field, sandbox: Field, scope: Scope) -> tuple[CapabilitySpec, ...]:
    if not isinstance(field.value, list):
        place = sandbox.key_place
        return tuple(CapabilitySpec(kind, None, {}, place) for kind in DEFAULT_CAPABILITIES)
    given = [item for item in field.items() if known(item)]
    return tuple(_capability(item, scope) for item in given if _has_kind(item))


def _has_kind(item: Field) -> bool:
    # An unset one was told.
    is_named = not isinstance(item.value, dict) or coderefs.names_code(item)
    return is_named or _is_given(item.part("type"))


def _capability(item: Field, scope: Scope) -> CapabilitySpec:
    if coderefs.names_code(item):
        return CapabilitySpec(None, coderefs.code_of(item, scope), {}, item.place)
    if not isinstance(item.value, dict):
        return CapabilitySpec(item.value, None, {}, item.place)
    options = _rooted(item, scope)
    kind = options.pop("type")
    configure = item.part("configure_tools")
    if coderefs.names_code(configure):
        options["configure_tools"] = coderefs.code_of(configure, scope)
    return CapabilitySpec(kind, None, MappingProxyType(options), item.place)


def _rooted(field: Field, scope: Scope) -> dict[str, Any]:
    """Give a mapping as plain data, with the paths of files of the project from its root on."""
    found: dict[str, Any] = {}
    for key in field.value:
        part = field.part(key)
        if key.startswith("x-") or isinstance(part.value, Unset):
            continue
        if key in ENTRY_MAPS and isinstance(part.value, dict):
            found[key] = {path: _rooted(part.part(path), scope) for path in part.value}
        elif key == "skills":
            found[key] = [_rooted(item, scope) for item in part.items()]
        elif key in ("from_", "lazy_from", "source", "content") and isinstance(part.value, dict):
            found[key] = _rooted(part, scope)
        elif key == "src" and field.value.get("type") in LOCAL:
            found[key] = in_project(part, scope)
        else:
            found[key] = _plain(part.value)
    return found


def in_project(path: Field, scope: Scope) -> str:
    """Give a path that was checked from the root of the project on."""
    target = target_of(path.folder, str(path.value))
    assert target is not None, "paths are checked before"
    return target.relative_to(scope.project.root).as_posix()


def _plain(value: Any) -> Any:
    """Give a value without the file's own `x-*` keys."""
    if isinstance(value, dict):
        return {key: _plain(below) for key, below in value.items() if not key.startswith("x-")}
    return [_plain(item) for item in value] if isinstance(value, list) else value
