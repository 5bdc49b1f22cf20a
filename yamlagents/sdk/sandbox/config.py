"""From `run.sandbox` as data to the SDK's `SandboxRunConfig`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from agents import RunConfig
from agents.run_config import SandboxRunConfig
from agents.sandbox import LocalSnapshot, LocalSnapshotSpec
from agents.sandbox.session import BaseSandboxClient
from agents.sandbox.snapshot import NoopSnapshotSpec

from yamlagents.sdk import code
from yamlagents.sdk.sandbox.client import Boxes
from yamlagents.sdk.sandbox.manifest import REFUSED, manifest_of, refusal
from yamlagents.sdk.sandbox.standin import StandInClient
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.sandbox.records import RunSandboxSpec, SnapshotSpec

Make = Callable[[], BaseSandboxClient[Any]]


def sandbox_config(spec: RunSandboxSpec, root: Path) -> SandboxRunConfig:
    """Make what a run is told of sandboxes. Raises `SpecError` with the place.

    The client is made when the first sandbox is; what it is made of is imported now.
    """
    try:
        return SandboxRunConfig(
            client=Boxes(_client(spec, root), _options(spec), is_kept=spec.snapshot is not None),
            manifest=manifest_of(spec.manifest, root) if spec.manifest is not None else None,
            snapshot=_snapshot(spec.snapshot, root),
            **spec.limits,
        )
    except REFUSED as error:
        raise refusal("the sandbox", error, spec.place) from error


def standing_in(config: RunConfig) -> RunConfig:
    """Give a run's configuration with stand-ins for its sandboxes."""
    if config.sandbox is None:
        return config
    return replace(config, sandbox=replace(config.sandbox, client=StandInClient()))


def _options(spec: RunSandboxSpec) -> Mapping[str, Any] | None:
    return dict(spec.options) if spec.options is not None else None


def _snapshot(spec: SnapshotSpec | None, root: Path) -> Any:
    # The SDK's own choice is a folder of the user's, outside the project.
    if spec is None or spec.kind == "noop":
        return NoopSnapshotSpec()
    assert spec.base_path is not None, "it was checked before"
    folder = root / spec.base_path
    if spec.id is not None:
        return LocalSnapshot(id=spec.id, base_path=folder)
    return LocalSnapshotSpec(base_path=folder)


def _client(spec: RunSandboxSpec, root: Path) -> Make:
    if spec.obstacles:
        return _refusing(spec.obstacles)
    if isinstance(spec.client, CodeSpec):
        return _of_code(spec.client, root)
    made = {"unix_local": _unix_local, "docker": _docker}
    return made[str(spec.client)](spec) if spec.client is not None else StandInClient


def _refusing(obstacles: Sequence[Problem]) -> Make:
    def make() -> BaseSandboxClient[Any]:
        raise SpecError(obstacles)

    return make


def _unix_local(spec: RunSandboxSpec) -> Make:
    if sys.platform == "win32":
        message = "'unix_local' needs macOS or Linux"
        hint = "write client: docker"
        raise SpecError([Problem(spec.place, "error", "bad-sandbox", message, hint)])

    def make() -> BaseSandboxClient[Any]:
        module = importlib.import_module("agents.sandbox.sandboxes.unix_local")
        given = {"inherit_host_environment": False, **spec.client_options}
        found: BaseSandboxClient[Any] = module.UnixLocalSandboxClient(**given)
        return found

    return make


def _docker(spec: RunSandboxSpec) -> Make:
    def make() -> BaseSandboxClient[Any]:
        try:
            docker = importlib.import_module("docker")
            module = importlib.import_module("agents.sandbox.sandboxes.docker")
        except ImportError as error:
            message = "the client 'docker' needs the package docker, which is not installed"
            hint = "pip install docker"
            problem = Problem(spec.place, "error", "missing-package", message, hint)
            raise SpecError([problem]) from error
        found: BaseSandboxClient[Any] = module.DockerSandboxClient(docker.from_env())
        return found

    return make


def _of_code(spec: CodeSpec, root: Path) -> Make:
    code.attribute(spec.point, root)

    def make() -> BaseSandboxClient[Any]:
        found = code.made(spec, root)
        if spec.arguments is None and not isinstance(found, BaseSandboxClient) and callable(found):
            found = code.made(CodeSpec(spec.point, {}), root)
        if not isinstance(found, BaseSandboxClient):
            message = f"'{spec.point.text}' is a {type(found).__name__}, not a client of sandboxes"
            raise SpecError([Problem(spec.place, "error", "wrong-kind", message)])
        return found

    return make
