"""What sandboxes name is there, and what they ask for can be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yamlagents.spec.code import coderefs
from yamlagents.spec.problem import Problem
from yamlagents.spec.project import target_of
from yamlagents.spec.run.fields import run_fields
from yamlagents.spec.sandbox.capabilities import capability_problems, capability_tools
from yamlagents.spec.sandbox.entries import entries_problems, path_problem
from yamlagents.spec.sandbox.kinds import CLIENTS, DEFAULT_ROOT
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.variables import Unset

Fields = Mapping[str, Field]
# The keys of options that only containers have.
_OF_DOCKER = ("image", "network_mode", "labels")


def sandbox_problems(name: str, fields: Fields, scope: Scope) -> Iterator[Problem]:
    """Give the problems of the sandbox of the agent that has `fields`."""
    sandbox = fields.get("sandbox")
    if sandbox is None or not isinstance(sandbox.value, dict):
        return
    client = _client(scope)
    if client is None and scope.complete and sandbox.keys[1] == name:
        message = f"the agent '{name}' has a sandbox, and nothing says where that is"
        hint = "add run: {sandbox: {client: docker}}, or unix_local for folders of this machine"
        place = sandbox.key_place
        yield sandbox.document.problem(place, "no-sandbox-client", message, hint=hint)
    told = sandbox.part("base_instructions")
    if isinstance(told.value, dict):
        yield from coderefs.code_problem(told, scope)
    yield from _manifest(sandbox.part("default_manifest"), client, scope)
    yield from capability_problems(sandbox, scope)


def run_sandbox_problems(scope: Scope) -> Iterator[Problem]:
    """Give the problems of `run.sandbox`."""
    sandbox = run_fields(scope).get("sandbox")
    if sandbox is None or not isinstance(sandbox.value, dict):
        return
    if scope.complete and not any("sandbox" in scope.agent(name) for name in scope.agents):
        message = "'sandbox' does nothing for a run: no agent has a sandbox"
        hint = "give an agent a sandbox: {}, or remove it"
        place = sandbox.key_place
        yield sandbox.document.problem(place, "no-effect", message, hint=hint, severity="warning")
    client = sandbox.part("client")
    yield from coderefs.code_problem(client, scope)
    yield from _options(sandbox, client)
    yield from _manifest(sandbox.part("manifest"), client, scope)
    yield from _snapshot(sandbox.part("snapshot"), scope)
    cwd = sandbox.part("cwd")
    said = path_problem(cwd.value) if _is_text(cwd.value) else None
    if said is not None:
        yield cwd.problem("outside-sandbox", said, "write it relative to the workspace")


def sandbox_tools(fields: Fields) -> tuple[list[tuple[str, Field]], bool]:
    """Give the tools of an agent's capabilities by name, and whether these are all."""
    sandbox = fields.get("sandbox")
    if sandbox is None or not isinstance(sandbox.value, dict):
        return [], True
    return capability_tools(sandbox)


def _client(scope: Scope) -> Field | None:
    sandbox = run_fields(scope).get("sandbox")
    client = sandbox.part("client") if sandbox is not None else None
    return client if client is not None and client.value is not None else None


def _kind(client: Field | None) -> object:
    """Give the kind of a client of the SDK's own; None for code."""
    if client is None or coderefs.names_code(client):
        return None
    return client.part("type").value if isinstance(client.value, dict) else client.value


def _options(sandbox: Field, client: Field) -> Iterator[Problem]:
    kind, options = _kind(client), sandbox.part("options")
    if client.value is None or kind not in CLIENTS:
        if client.value is None and options.value is not None:
            message = "'options' are a client's, and there is none"
            place, hint = options.key_place, "add a client"
            yield options.document.problem(place, "conflicting-keys", message, hint=hint)
        return
    if kind == "docker" and options.part("image").value is None:
        hint = "add options: {image: python:3.12-slim}"
        yield client.problem("required-key", "'docker' needs an image for its containers", hint)
    for key in _OF_DOCKER if kind == "unix_local" else ():
        if options.part(key).value is not None:
            message = f"'{key}' is about containers, and '{kind}' has none"
            place = options.part(key).key_place
            yield options.document.problem(place, "conflicting-keys", message, hint="remove it")


def _manifest(manifest: Field, client: Field | None, scope: Scope) -> Iterator[Problem]:
    yield from coderefs.code_problem(manifest, scope)
    if not isinstance(manifest.value, dict) or coderefs.names_code(manifest):
        return
    yield from entries_problems(manifest.part("entries"), scope)
    root = manifest.part("root")
    if _kind(client) == "unix_local" and root.value not in (None, DEFAULT_ROOT):
        message = "a 'root' of this machine is no sandbox: 'unix_local' makes a new folder"
        hint = "remove it, or have code make the manifest"
        place = root.key_place
        yield root.document.problem(place, "outside-sandbox", message, hint=hint)


def _snapshot(snapshot: Field, scope: Scope) -> Iterator[Problem]:
    if not isinstance(snapshot.value, dict):
        return
    kind, path = snapshot.value.get("type"), snapshot.part("base_path")
    if kind == "local" and path.value is None:
        hint = "add base_path: ../.yamlagents/sandboxes"
        yield snapshot.problem("required-key", "a 'local' snapshot needs a base_path", hint)
    for key in ("base_path", "id") if kind == "noop" else ():
        if snapshot.part(key).value is not None:
            message = f"'{key}' does nothing for a snapshot that keeps nothing"
            place = snapshot.part(key).key_place
            yield snapshot.document.problem(place, "conflicting-keys", message, hint="remove it")
    target = target_of(path.folder, path.value) if _is_text(path.value) else None
    if _is_text(path.value) and (target is None or not scope.project.holds(target)):
        message = f"'{path.value}' leads outside the project folder {scope.project.root.name}/"
        yield path.problem("outside-project", message, "name a folder of the project")
    elif target is not None and target.is_file():
        yield path.problem("missing-file", f"'{path.value}' is a file, not a folder")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Unset)
