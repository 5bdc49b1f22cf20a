"""Why classes of the SDK are left out, keys are not the SDK's, and defaults are others."""

from __future__ import annotations

from tests.parity import FILE, SCHEMA
from tests.parity_table import ID, PARTS

# Classes and functions of the SDK that no key stands for, and why.
LEFT_OUT = {
    "Memory": "its models would be asked after a run, outside its budget, events and cassettes",
    "RemoteSnapshotSpec": "it names an object of one program; code may make a client with one",
    **dict.fromkeys(
        ("S3Mount", "S3FilesMount", "GCSMount", "R2Mount", "AzureBlobMount", "BoxMount"),
        "storage with credentials, which only code may mount: it may make the manifest",
    ),
    "MCPServerManager": "the runner starts and closes servers itself, and names what failed",
    "OpenAIConversationsSession": "`conversation_id` of `run` does the same",
    "MongoDBSession": "code of the project may make one; no server of it is in Debian to test with",
    "DaprSession": "a store behind a sidecar; code of the project may make one",
    "ResponsesWebSocketSession": "a connection of one program, not of a file",
    "OpenAIAgentRegistrationConfig": "it registers a program at OpenAI, not what agents do",
    "WebSearchToolImageSettings": "the value of `image_settings`, which is passed on as it is",
}

# Defaults that are not the SDK's, and why.
DIFFERENT = {
    "mcp_stdio_server.client_session_timeout_seconds": "many calls take longer than 5 seconds",
    "mcp_http_server.client_session_timeout_seconds": "many calls take longer than 5 seconds",
    "run.tracing_disabled": "traces hold the prompts of every model, and go to OpenAI",
    "run.tool_not_found_behavior": "a slip of the model ends no run",
    "run.tool_name_collision_policy": "no tool is left out with a mere warning",
    "run.trace_include_sensitive_data": "a variable says it",
    "inner_run.tool_not_found_behavior": "as of `run`, which it is without the key",
    "inner_run.tool_name_collision_policy": "as of `run`, which it is without the key",
    "inner_run.trace_include_sensitive_data": "a variable says it",
    "client_unix_local.inherit_host_environment": "commands of a model would see all keys",
    "session_sqlite.db_path": "a session that is kept in memory is not kept",
    "session_advanced_sqlite.db_path": "a session that is kept in memory is not kept",
    "session_advanced_sqlite.create_tables": "the SDK's refuses a new file",
}

_SMOKE = {"smoke": "what `smoke` does instead of calling the tool"}
_HOSTED = {"hosted": "the kind says the class", **_SMOKE}
_SESSION = {"type": "the kind says the class"}
_MCP = {"required": "whether a run may go on without the server", **_SMOKE}
_CALL = {"use": "where code is", "with": "what it is called with"}
_KIND = {"type": "the kind says the class"}
_ASKING = {"needs_approval": "an argument of the tools, which the capability makes by itself"}
# Keys that are not the SDK's, and why they are there; `*` stands for all of a definition.
OURS: dict[str, dict[str, str]] = {
    FILE: {"*": "names for what a file holds"},
    "code_call": {"*": "Python code, which the SDK is given as an object"},
    "budget": {"*": "the SDK has no limit but of turns"},
    "tool_output_trimmer": {"*": "the name of a filter that comes with the SDK"},
    "session_code": {"*": "a session that code makes"},
    "model": {
        **{"provider": "what speaks to the provider says the class", **_CALL},
        "settings": "below those of the agents that name the model",
        "pricing": "the SDK knows no prices",
        "fallbacks": "the SDK asks one model only",
    },
    "reached_model": {"*": "a condition on `model`"},
    "fallback_options": {"*": "the SDK asks one model only"},
    "pricing": {"*": "the SDK knows no prices"},
    "retry": {"on": "the policies that come with the SDK, by name"},
    "agent": {
        "instructions_file": "a prompt beside the file",
        "append_to_instructions": "texts of files, and the date",
        "output_mode": "structured output from providers that have none",
        "extends": "what agents have in common",
        "metadata": "notes for people and other programs",
        "sandbox": "what `SandboxAgent` has besides, in one place",
    },
    **{name: {"*": "texts of files, and the date"} for name in ("additions", "added_file_options")},
    "handoff_options": {"with": _CALL["with"]},
    "made_tools": {"*": "tools that code makes"},
    "agent_tool": {"agent": "the agent whose `as_tool` is called", **_SMOKE},
    "function_tool": _SMOKE,
    "guardrail_code": {"with": _CALL["with"]},
    "tool_guardrail_code": {"with": _CALL["with"]},
    "guardrail_agent": {"agent": "the function runs it", "tripwire": "the function reads it"},
    "hosted_tool": {"*": "a condition on the kinds of hosted tools"},
    **{
        f"hosted_{kind}".replace("d_hosted", "d"): _HOSTED
        for kind in SCHEMA["definitions"]["hosted_kind"]["enum"]
    },
    "mcp_stdio_server": {**_MCP, "inherit_env": "which of our variables the program gets"},
    "mcp_http_server": {**_MCP, "transport": "it says the class"},
    "smoke": {"*": "`smoke` is ours"},
    "run": {"budget": "the SDK has no limit but of turns"},
    **{part.definition: _SESSION for part in PARTS if part.renamed == ID},
    "capability_shell": _ASKING,
    "capability_filesystem": _ASKING,
    "client_unix_local": _KIND,
    "client_docker": _KIND,
    "sandbox_options": dict.fromkeys(
        ("image", "network_mode", "labels"), "of Docker's, whose package tests do without"
    ),
    "workflow_step": {"*": "the SDK leaves the order of agents to Python"},
    "workflow_condition": {"*": "the SDK leaves the order of agents to Python"},
    "param": {"*": "values that a file leaves open"},
    **{name: {"*": "merged over others"} for name in SCHEMA["definitions"] if "overlay" in name},
    **{name: {"*": "tests are ours"} for name in ("case", "script_step", "script_call", "field")},
    **{name: {"*": "tests are ours"} for name in ("assertion", "count_range", "amount_range")},
}
