"""Changes of sandboxes that the models of their agents see."""

from __future__ import annotations

from tests.contract_changes import Change

SKILL = "---\nname: knots\ndescription: Ties.\n---\nTie them.\n"
_LOCAL = ", sandbox: {client: unix_local}"
_DOCKER = ", sandbox: {client: docker, options: {image: 'python:3.12-slim'}}"
_WORKSPACE = "workspace of `a` changed"
_TOLD = "instructions of the capabilities of `a` changed"


def is_elsewhere(text: str) -> bool:
    """Tell whether the sandboxes of a file need more than this machine."""
    return "docker" in text or "git_repo" in text


def box(before: str, after: str, said: str, *, body: str = "{}", run: str = _LOCAL) -> Change:
    """Change the sandbox of the agent: `before`, within `body`, becomes `after`."""
    inner = body.replace("{}", before)
    return Change(f"    sandbox: {{{inner}}}\n", before, after, said, run=run)


def entry(before: str, after: str, *, run: str = _LOCAL) -> Change:
    """Change an entry of the workspace."""
    body = "capabilities: [shell], default_manifest: {entries: {data: {}}}"
    return box(before, after, _WORKSPACE, body=body, run=run)


def can(before: str, after: str, said: str) -> Change:
    """Change what the agent can do there."""
    return box(before, after, said, body="capabilities: [{}]")


def compacts(before: str, after: str) -> Change:
    """Change when a conversation is shortened."""
    given = f"type: compaction{before}"
    return can(
        f"{{{given}}}",
        f"{{type: compaction{after}}}",
        "capabilities of `a` changed: context_management from",
    )


def skill(more: str, said: str, *, old: str = "content: Tie.") -> Change:
    """Change a skill that is written in the file."""
    given = "{name: knots, description: Ties., content: Tie.}"
    body = f"capabilities: [{{type: skills, skills: [{given}]}}]"
    return Change(f"    sandbox: {{{body}}}\n", old, more, said, run=_LOCAL)


def skills(before: str, after: str, said: str = _TOLD) -> Change:
    """Change where skills come from."""
    return box(before, after, said, body="capabilities: [{type: skills, {}}]")


def runs(before: str, after: str, said: str) -> Change:
    """Change what the file says of all sandboxes."""
    manifest = "default_manifest: {entries: {data: {type: dir}}}"
    body = f"    sandbox: {{capabilities: [shell], {manifest}}}\n"
    return Change(body, before, after, said, run=f", sandbox: {{{before}}}")


_FILE = "{type: file, content: Ropes.}"
_DIR = "{type: dir}"
_COPY = "{type: local_file, src: hello.md}"
_FOLDER = "{type: local_dir, src: skills}"
_REPO = "{type: git_repo, repo: a/b, ref: main}"
_INNER = "from_: {type: dir, children: {knot: {type: dir, children: {SKILL.md: %s}}}}"
_STATIC = ", policy: {type: static, threshold: 1000}"
_DYNAMIC = ", policy: {type: dynamic, model_info: {context_window: 1000}}"
_CWD = runs("client: unix_local", "client: unix_local, cwd: data", _WORKSPACE)


def described(before: str, *, run: str = _LOCAL) -> Change:
    """Describe an entry of the workspace."""
    return entry(before, before.replace("}", ", description: Ropes.}"), run=run)


# By definition and key. Files are seen where they are skills; of others the tree is.
SANDBOXES: dict[str, Change] = {
    "agent.sandbox": Change(
        "",
        "    model: m\n",
        "    model: m\n    sandbox: {}\n",
        "sandbox of `a` was added",
        run=_LOCAL,
    ),
    "run.sandbox": _CWD,
    "sandbox.default_manifest": box(
        "capabilities: [shell]",
        f"capabilities: [shell], default_manifest: {{entries: {{data: {_FILE}}}}}",
        _WORKSPACE,
    ),
    "sandbox.base_instructions": box(
        "base_instructions: Mind it.", "base_instructions: Use it.", "base_instructions of `a`"
    ),
    "sandbox.capabilities": can("shell", "shell, filesystem", "tool view_image was added to `a`"),
    "run_sandbox.manifest": runs(
        "client: unix_local",
        "client: unix_local, manifest: {entries: {papers: {type: dir}}}",
        _WORKSPACE,
    ),
    "run_sandbox.cwd": _CWD,
    "sandbox_files.root": box(
        "root: /work", "root: /there", _WORKSPACE, body="default_manifest: {{}}", run=_DOCKER
    ),
    "sandbox_files.entries": box(
        "entries: {a.md: {type: file, content: A.}}",
        "entries: {b.md: {type: file, content: A.}}",
        _WORKSPACE,
        body="default_manifest: {{}}",
    ),
    "sandbox_file.type": entry(_FILE, _DIR),
    "sandbox_file.content": skills(
        _INNER % "{type: file, content: Ropes.}",
        _INNER % '{type: file, content: "---\\nname: ropes\\n---\\n"}',
    ),
    "sandbox_file.description": described(_FILE),
    "sandbox_dir.type": entry(_DIR, _FILE),
    "sandbox_dir.children": entry(_DIR, f"{{type: dir, children: {{a.md: {_FILE}}}}}"),
    "sandbox_dir.description": described(_DIR),
    "sandbox_local_file.type": entry(_COPY, _DIR),
    "sandbox_local_file.src": skills(
        _INNER % _COPY, _INNER % _COPY.replace("hello.md", "skills/knot/SKILL.md")
    ),
    "sandbox_local_file.description": described(_COPY),
    "sandbox_local_dir.type": entry(_FOLDER, _FILE),
    "sandbox_local_dir.src": skills(
        f"from_: {_FOLDER}", f"from_: {_FOLDER}".replace("skills", "others")
    ),
    "sandbox_local_dir.description": described(_FOLDER),
    "sandbox_git_repo.type": entry(_REPO, _FILE),
    "sandbox_git_repo.description": described(_REPO),
    "capability_shell.type": can(
        "{type: shell}", "{type: filesystem}", "tool exec_command was removed from `a`"
    ),
    "capability_shell.configure_tools": can(
        "{type: shell}",
        "{type: shell, configure_tools: './code.py:terse'}",
        "description of tool exec_command changed",
    ),
    "capability_filesystem.type": can(
        "{type: filesystem}", "{type: shell}", "tool view_image was removed from `a`"
    ),
    "capability_filesystem.configure_tools": can(
        "{type: filesystem}",
        "{type: filesystem, configure_tools: './code.py:blind'}",
        "description of tool view_image changed",
    ),
    "capability_compaction.type": can(
        "{type: compaction}", "{type: shell}", "capabilities of `a` was removed"
    ),
    "capability_compaction.policy": compacts("", _STATIC),
    "compaction_policy.type": compacts(_STATIC, _DYNAMIC),
    "compaction_policy.threshold": compacts(_STATIC, _STATIC.replace("1000", "2000")),
    "compaction_policy.model_info": compacts(_DYNAMIC, _DYNAMIC.replace("1000", "2000")),
    "compaction_model_info.context_window": compacts(_DYNAMIC, _DYNAMIC.replace("1000", "2000")),
    "capability_skills.type": can(f"{{type: skills, from_: {_FOLDER}}}", "{type: shell}", _TOLD),
    "capability_skills.skills": skill(
        "content: Tie.}, {name: more, description: More., content: More.", _TOLD
    ),
    "capability_skills.from_": skills(
        f"from_: {_FOLDER}", f"from_: {_FOLDER}".replace("skills", "others")
    ),
    "capability_skills.lazy_from": skills(
        f"from_: {_FOLDER}", f"lazy_from: {{source: {_FOLDER}}}", "tool load_skill was added to `a`"
    ),
    "capability_skills.skills_path": skills(
        f"from_: {_FOLDER}", f"from_: {_FOLDER}, skills_path: handbook"
    ),
    "lazy_skills.source": skills(
        f"lazy_from: {{source: {_FOLDER}}}",
        f"lazy_from: {{source: {_FOLDER}}}".replace("skills", "others"),
    ),
    "sandbox_skill.name": skill("name: ropes", _TOLD, old="name: knots"),
    "sandbox_skill.description": skill("description: Ropes.", _TOLD, old="description: Ties."),
    **{
        f"sandbox_skill.{key}": skill(f"content: Tie., {key}: {{a.md: {_FILE}}}", _WORKSPACE)
        for key in ("scripts", "references", "assets")
    },
}
