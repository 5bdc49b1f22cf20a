"""The part of the table that is about sandboxes: what their keys are in the SDK."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from agents import Agent
from agents.run_config import SandboxRunConfig
from agents.sandbox import (
    Group,
    LocalSnapshot,
    LocalSnapshotSpec,
    Manifest,
    Permissions,
    SandboxAgent,
    SandboxArchiveLimits,
    SandboxConcurrencyLimits,
    User,
)
from agents.sandbox.capabilities import (
    Compaction,
    CompactionModelInfo,
    DynamicCompactionPolicy,
    Filesystem,
    LocalDirLazySkillSource,
    Shell,
    Skill,
    Skills,
    StaticCompactionPolicy,
)
from agents.sandbox.entries import Dir, File, GitRepo, LocalDir, LocalFile
from agents.sandbox.manifest import EnvEntry, Environment
from agents.sandbox.sandboxes.unix_local import (
    UnixLocalSandboxClient,
    UnixLocalSandboxClientOptions,
)
from agents.sandbox.snapshot import NoopSnapshotSpec

from tests.parity import Part, Source, arguments, attributes, keys

OF_AGENTS = {field.name: f"agent.{field.name}" for field in dataclasses.fields(Agent)}
OF_ONE_PROGRAM = "an object of one program, which no file can name"
OF_CODE = "only code may grant it: a manifest may be made by code"
BY_THE_RUN = "the SDK sets it while a run is prepared"
BOUND = dict.fromkeys(("session", "run_as", "workspace_scope"), BY_THE_RUN)
IS_DIR = {"is_dir": "the kind says it"}


def kind(definition: str, source: Source, **excluded: Mapping[str, str]) -> Part:
    """Take one of several kinds, which a word in the file tells apart and the SDK a class."""
    return Part(definition, source, elsewhere={"type": f"{definition}.type"}, **excluded)


SANDBOXES = [
    Part("sandbox", attributes(SandboxAgent), elsewhere=OF_AGENTS),
    Part(
        "run_sandbox",
        attributes(SandboxRunConfig),
        excluded={"session": OF_ONE_PROGRAM, "session_state": OF_ONE_PROGRAM},
    ),
    Part(
        "sandbox_files",
        keys(Manifest),
        excluded={
            "extra_path_grants": OF_CODE,
            "remote_mount_command_allowlist": "it is about mounts, which only code may make",
        },
    ),
    Part("sandbox_files", keys(Environment), {"value": "environment"}),
    Part("sandbox_variable_entry", keys(EnvEntry)),
    Part("sandbox_files", keys(User), {"name": "users"}),
    Part("sandbox_group", keys(Group)),
    Part("sandbox_permissions", keys(Permissions), excluded={"directory": "the kind says it"}),
    kind("sandbox_file", keys(File), excluded=IS_DIR),
    kind("sandbox_dir", keys(Dir), excluded=IS_DIR),
    kind("sandbox_local_file", keys(LocalFile), excluded=IS_DIR),
    kind("sandbox_local_dir", keys(LocalDir), excluded=IS_DIR),
    kind("sandbox_git_repo", keys(GitRepo), excluded=IS_DIR),
    kind("capability_shell", keys(Shell), excluded=BOUND),
    kind("capability_filesystem", keys(Filesystem), excluded=BOUND),
    kind("capability_compaction", keys(Compaction), excluded=BOUND),
    kind("compaction_policy", keys(StaticCompactionPolicy)),
    kind("compaction_policy", keys(DynamicCompactionPolicy)),
    Part("compaction_model_info", keys(CompactionModelInfo)),
    kind("capability_skills", keys(Skills), excluded=BOUND),
    Part("lazy_skills", keys(LocalDirLazySkillSource)),
    Part("sandbox_skill", keys(Skill)),
    Part(
        "client_unix_local",
        arguments(UnixLocalSandboxClient),
        excluded={"instrumentation": OF_ONE_PROGRAM, "dependencies": OF_ONE_PROGRAM},
    ),
    Part(
        "sandbox_options",
        keys(UnixLocalSandboxClientOptions),
        elsewhere={"type": "sandbox_client_type"},
    ),
    kind("sandbox_snapshot", keys(LocalSnapshotSpec)),
    kind("sandbox_snapshot", keys(LocalSnapshot)),
    kind("sandbox_snapshot", keys(NoopSnapshotSpec)),
    Part("sandbox_concurrency_limits", attributes(SandboxConcurrencyLimits)),
    Part("sandbox_archive_limits", attributes(SandboxArchiveLimits)),
]
