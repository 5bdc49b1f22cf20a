"""Which keys of agent files a replay does not look at, and why."""

from __future__ import annotations

from tests.parity import SCHEMA
from tests.parity_table import PARTS

_HERE = "it is carried out, or decided, here"
_TRANSPORT = "how a request is made, which does not change what is asked"
_INPUT = "it shows in the input of the requests that it changes"
_OUTPUT = "it shows in what a tool gave, which is recorded, or in the requests after it"
_COMMANDS = "commands have it: it shows in what they put out, which is recorded"
_SERVER = "how a server is reached: its tools and its answers are recorded"
_PARTS: dict[str, dict[str, str]] = {
    "agent": {
        "input_guardrails": _HERE,
        "output_guardrails": _HERE,
        "hooks": _HERE,
        "tool_use_behavior": _HERE,
        "metadata": "notes for people and other programs",
    },
    "handoff_options": {
        "on_handoff": _HERE,
        "input_filter": _INPUT,
        "nest_handoff_history": _INPUT,
        **dict.fromkeys(("use", "with"), "the handoff that is made has what the keys would say"),
    },
    "function_tool": {
        **dict.fromkeys(("failure_error_function", "timeout_error_function"), _OUTPUT),
        **dict.fromkeys(("timeout", "timeout_behavior", "custom_data_extractor"), _HERE),
        **dict.fromkeys(("needs_approval", "smoke"), _HERE),
        **dict.fromkeys(("tool_input_guardrails", "tool_output_guardrails"), _HERE),
    },
    "agent_tool": {
        "agent": "the model sees a name and a description; the agent's own requests are its own",
        **dict.fromkeys(("custom_output_extractor", "failure_error_function"), _OUTPUT),
        **dict.fromkeys(("on_stream", "on_stream_max_pending_events", "hooks"), _HERE),
        **dict.fromkeys(("max_turns", "needs_approval", "smoke"), _HERE),
        **dict.fromkeys(("input_builder", "include_input_schema"), _INPUT),
        **dict.fromkeys(
            ("run_config", "session", "previous_response_id", "conversation_id"), _INPUT
        ),
    },
    "inner_run": {"*": "how the agent's own requests go; each has its own contract"},
    "hosted_shell": dict.fromkeys(("executor", "needs_approval", "on_approval"), _HERE),
    "hosted_local_shell": {"executor": _HERE},
    "hosted_apply_patch": dict.fromkeys(
        ("editor", "needs_approval", "on_approval", "custom_data_extractor"), _HERE
    ),
    "hosted_computer": dict.fromkeys(
        ("computer", "on_safety_check", "custom_data_extractor"), _HERE
    ),
    "hosted_custom": dict.fromkeys(
        ("on_invoke_tool", "needs_approval", "on_approval", "custom_data_extractor"), _HERE
    ),
    "hosted_mcp": {"on_approval_request": _HERE},
    "hosted_mcp_config": {
        "authorization": "a secret, by which the provider reaches the server",
        "headers": "secrets, by which the provider reaches the server",
        "type": "the kind of the tool says it",
    },
    **{
        name: {"type": "the kind of the tool says it"}
        for name in ("code_interpreter_config", "image_generation_config")
    },
    "mcp_approval_lists": {"*": _HERE},
    "mcp_approval_names": {"*": _HERE},
    "mcp_config": {"failure_error_function": _OUTPUT},
    "stop_at_tools": {"*": _HERE},
    "guardrail_code": {"*": _HERE},
    "tool_guardrail_code": {"*": _HERE},
    "guardrail_agent": {"*": _HERE},
    "retry": {"*": _TRANSPORT},
    "backoff": {"*": _TRANSPORT},
    "model": {
        **dict.fromkeys(("api_key", "base_url", "provider"), _TRANSPORT),
        **dict.fromkeys(("use", "with"), _TRANSPORT),
        "pricing": "what a request cost is recorded",
        "fallbacks": "who answered is recorded; one that is gone since is told",
    },
    "model_settings": dict.fromkeys(
        ("retry", "timeout", "include_usage", "preserve_raw_usage"), _TRANSPORT
    ),
    "run": {
        **dict.fromkeys(("max_turns", "budget", "context", "hooks", "error_handlers"), _HERE),
        **dict.fromkeys(("input_guardrails", "output_guardrails", "tool_execution"), _HERE),
        **dict.fromkeys(("tool_name_collision_policy",), _HERE),
        **dict.fromkeys(("handoff_input_filter", "nest_handoff_history"), _INPUT),
        **dict.fromkeys(("handoff_history_mapper", "call_model_input_filter"), _INPUT),
        **dict.fromkeys(("session", "session_input_callback", "session_settings"), _INPUT),
        **dict.fromkeys(("reasoning_item_id_policy",), _INPUT),
        **dict.fromkeys(("tool_error_formatter", "tool_not_found_behavior"), _OUTPUT),
        "output_guardrail_blocked_message": _OUTPUT,
        "model_provider": _TRANSPORT,
        **dict.fromkeys(("tracing_disabled", "tracing", "trace_include_sensitive_data"), _HERE),
        **dict.fromkeys(("workflow_name", "trace_id", "group_id", "trace_metadata"), _HERE),
        "trace_processors": _HERE,
        **dict.fromkeys(
            ("previous_response_id", "auto_previous_response_id", "conversation_id"),
            "an id of the provider's; what it stands for nobody knows here",
        ),
    },
    **{
        name: {
            "*": _SERVER,
        }
        for name in ("mcp_stdio_server", "mcp_http_server")
    },
    "sandbox": {"run_as": _COMMANDS},
    "run_sandbox": {
        **dict.fromkeys(("client", "options"), _COMMANDS),
        **dict.fromkeys(("snapshot", "concurrency_limits", "archive_limits"), _HERE),
    },
    "sandbox_files": {
        "version": "the version of the SDK's format",
        **dict.fromkeys(("environment", "users", "groups"), _COMMANDS),
    },
    "sandbox_git_repo": dict.fromkeys(("host", "repo", "ref", "subpath"), _COMMANDS),
    **{
        name: {"*": _COMMANDS}
        for name in (
            *("sandbox_variable_entry", "sandbox_group", "sandbox_permissions"),
            *("client_unix_local", "sandbox_options"),
        )
    },
    **{
        name: {"*": _HERE}
        for name in ("sandbox_snapshot", "sandbox_concurrency_limits", "sandbox_archive_limits")
    },
    **{name: {"needs_approval": _HERE} for name in ("capability_shell", "capability_filesystem")},
    "sandbox_skill": {
        "content": _COMMANDS,
        **dict.fromkeys(("compatibility", "deferred"), "the SDK tells no one"),
    },
}
# What entries of workspaces have besides what their kinds have.
_OF_ENTRIES = {
    **dict.fromkeys(("group", "permissions"), _COMMANDS),
    "ephemeral": "whether a snapshot has it",
}
_ENTRIES = [f"sandbox_{kind}" for kind in ("file", "dir", "local_file", "local_dir", "git_repo")]
# Parts of files of which a replay has nothing to say, for they are of runs and sessions.
_OF_RUNS = (
    *("error_handlers", "error_output", "tool_execution", "tracing", "session_settings"),
    "tool_output_trimmer/tool_output_trimmer",
)


def keys() -> list[str]:
    """Give the keys of all parts of an agent, as `definition.key`."""
    names = [
        part.definition
        for part in PARTS
        if part.definition not in _OF_RUNS and not part.definition.startswith("session_")
    ]
    schema = SCHEMA["definitions"]
    found = [f"{name}.{key}" for name in names for key in schema[name]["properties"]]
    return list(dict.fromkeys(found))


def unseen(key: str) -> str | None:
    """Give the reason why no replay looks at a key, if there is one."""
    part, _, name = key.partition(".")
    if name == "smoke":
        return "what `smoke` does instead of calling the tool"
    if part in _ENTRIES and name in _OF_ENTRIES:
        return _OF_ENTRIES[name]
    reasons = _PARTS.get(part, {})
    return reasons.get(name) or reasons.get("*")
