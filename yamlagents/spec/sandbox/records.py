"""The sandbox of an agent, and where the sandboxes of a run are, as frozen data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yamlagents.spec.code.records import CodeSpec, Options
from yamlagents.spec.problem import Place, Problem
from yamlagents.spec.secrets.words import names_secret
from yamlagents.spec.tools.records import CapabilitySpec


@dataclass(frozen=True)
class ManifestSpec:
    """What is in a workspace: fields of the SDK's `Manifest`, only those the files give.

    Paths in the project start at its root.
    """

    fields: Options
    place: Place = field(compare=False, repr=False)

    @property
    def secrets(self) -> Iterator[str]:
        """The values of variables whose names say that they are secret."""
        for name, value in self.fields.get("environment", {}).items():
            if names_secret(name):
                yield str(value["value"] if isinstance(value, Mapping) else value)


AnyManifest = ManifestSpec | CodeSpec


@dataclass(frozen=True)
class SandboxSpec:
    """The sandbox of an agent. `capabilities` of None are the SDK's own."""

    place: Place = field(compare=False, repr=False)
    manifest: AnyManifest | None = None
    base_instructions: str | CodeSpec | None = None
    capabilities: tuple[CapabilitySpec, ...] = ()
    run_as: str | None = None

    @property
    def secrets(self) -> Iterator[str]:
        """The passwords and keys in it."""
        yield from self.manifest.secrets if isinstance(self.manifest, ManifestSpec) else ()


@dataclass(frozen=True)
class SnapshotSpec:
    """Where workspaces are kept. `base_path` starts at the project's root."""

    kind: str
    base_path: Path | None = None
    id: str | None = None


@dataclass(frozen=True)
class RunSandboxSpec:
    """Where the sandboxes of a run are. `client` is a kind of the SDK's own, or code.

    `client_options` are keywords of its class, `options` those of each sandbox; `limits` are
    further fields of the SDK's `SandboxRunConfig`. All have only what the files give. `obstacles`
    are the variables that have to be set before a sandbox can be made.
    """

    place: Place = field(compare=False, repr=False)
    client: str | CodeSpec | None = None
    client_options: Options = field(default_factory=dict)
    options: Options | None = None
    manifest: AnyManifest | None = None
    snapshot: SnapshotSpec | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)
    obstacles: tuple[Problem, ...] = field(default=(), compare=False, repr=False)

    @property
    def secrets(self) -> Iterator[str]:
        """The passwords and keys in it."""
        yield from self.manifest.secrets if isinstance(self.manifest, ManifestSpec) else ()
