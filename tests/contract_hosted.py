"""Changes of hosted tools, of which models or their providers are told."""

from __future__ import annotations

from tests.contract_changes import (
    BY_CODE,
    CUSTOM,
    FIND,
    IMAGE,
    LATER,
    MCP,
    OTHER,
    Change,
    added,
    configured,
    option,
    tool,
)

HOSTED: dict[str, Change] = {
    **{
        f"hosted_web_search.{more.partition(':')[0]}": option("web_search", "", more)
        for more in (
            "user_location: {type: approximate, city: Oslo}",
            "filters: {allowed_domains: [a.b]}",
            "search_context_size: low",
            "external_web_access: false",
            "search_content_types: [text, image]",
            "image_settings: {max_results: 3}",
        )
    },
    **{
        f"hosted_file_search.{more.partition(':')[0]}": option(
            "file_search", ", vector_store_ids: [vs_1]", more
        )
        for more in (
            "max_num_results: 3",
            "include_search_results: true",
            "ranking_options: {score_threshold: 0.5}",
            "filters: {type: eq, key: a, value: b}",
        )
    },
    "hosted_file_search.vector_store_ids": tool(
        "{hosted: file_search, vector_store_ids: [vs_1]}",
        "{hosted: file_search, vector_store_ids: [vs_2]}",
        "vector_store_ids of tool file_search changed from",
    ),
    "hosted_code_interpreter.tool_config": tool(
        "{hosted: code_interpreter, tool_config: {container: {type: auto}}}",
        "{hosted: code_interpreter, tool_config: {container: cntr_1}}",
        "container of tool code_interpreter changed from",
    ),
    "code_interpreter_config.container": tool(
        "{hosted: code_interpreter, tool_config: {container: {type: auto}}}",
        "{hosted: code_interpreter, tool_config: {container: {type: auto, memory_limit: 4g}}}",
        "container of tool code_interpreter changed from",
    ),
    "code_interpreter_config.allowed_callers": configured(
        "code_interpreter", "container: {type: auto}", "allowed_callers: [direct]"
    ),
    "hosted_image_generation.tool_config": configured(*IMAGE, "quality: low"),
    "image_generation_config.size": tool(
        "{hosted: image_generation, tool_config: {size: 1024x1024}}",
        "{hosted: image_generation, tool_config: {size: auto}}",
        "size of tool image_generation changed from",
    ),
    **{
        f"image_generation_config.{more.partition(':')[0]}": configured(*IMAGE, more)
        for more in (
            "action: edit",
            "background: opaque",
            "input_fidelity: high",
            "input_image_mask: {file_id: f_1}",
            "model: gpt-image-1",
            "moderation: low",
            "output_compression: 50",
            "output_format: webp",
            "partial_images: 1",
            "quality: low",
        )
    },
    "hosted_mcp.tool_config": configured(*MCP, "server_description: Docs."),
    "hosted_mcp_config.server_label": tool(
        "{hosted: hosted_mcp, tool_config: {server_label: a, server_url: 'https://a.b/mcp'}}",
        "{hosted: hosted_mcp, tool_config: {server_label: b, server_url: 'https://a.b/mcp'}}",
        "tool hosted_mcp:b was added",
    ),
    "hosted_mcp_config.server_url": tool(
        "{hosted: hosted_mcp, tool_config: {server_label: a, server_url: 'https://a.b/mcp'}}",
        "{hosted: hosted_mcp, tool_config: {server_label: a, server_url: 'https://b.c/mcp'}}",
        "server_url of tool hosted_mcp:a changed from",
    ),
    "hosted_mcp_config.connector_id": tool(
        "{hosted: hosted_mcp, tool_config: {server_label: a, connector_id: connector_gmail}}",
        "{hosted: hosted_mcp, tool_config: {server_label: a, connector_id: connector_dropbox}}",
        "connector_id of tool hosted_mcp:a changed from",
    ),
    "hosted_mcp_config.tunnel_id": tool(
        "{hosted: hosted_mcp, tool_config: {server_label: a, tunnel_id: t_1}}",
        "{hosted: hosted_mcp, tool_config: {server_label: a, tunnel_id: t_2}}",
        "tunnel_id of tool hosted_mcp:a changed from",
    ),
    **{
        f"hosted_mcp_config.{more.partition(':')[0]}": configured(*MCP, more)
        for more in (
            "server_description: Docs.",
            "allowed_tools: [look]",
            "require_approval: never",
            "allowed_callers: [direct]",
        )
    },
    "hosted_mcp_config.defer_loading": tool(
        "{hosted: hosted_mcp, tool_config: {server_label: a, server_url: 'https://a.b/mcp'}}",
        "{hosted: hosted_mcp, tool_config: {server_label: a, server_url: 'https://a.b/mcp', "
        "defer_loading: true}}",
        "defer_loading of tool hosted_mcp:a was added",
        "{hosted: tool_search}",
        LATER,
    ),
    **{
        f"hosted_tool_search.{more.partition(':')[0]}": tool(
            "{hosted: tool_search}", f"{{hosted: tool_search, {more}}}", said, LATER
        )
        for more, said in (
            ("description: Finds tools.", "description of tool tool_search"),
            ("execution: server", "execution of tool tool_search was added"),
            ("parameters: {type: object}", "schema of tool tool_search"),
        )
    },
    "hosted_shell.name": tool(
        "{hosted: shell, executor: './code.py:act'}",
        "{hosted: shell, executor: './code.py:act', name: bash}",
        "tool bash was added",
    ),
    "hosted_shell.environment": tool(
        "{hosted: shell, environment: {type: container_auto}}",
        "{hosted: shell, environment: {type: container_auto, memory_limit: 1g}}",
        "environment of tool shell changed from",
    ),
    "hosted_shell.allowed_callers": option(
        "shell", ", executor: './code.py:act'", "allowed_callers: [direct]"
    ),
    "hosted_apply_patch.name": tool(
        "{hosted: apply_patch, editor: './code.py:Editor'}",
        "{hosted: apply_patch, editor: './code.py:Editor', name: patch}",
        "tool patch was added",
    ),
    "hosted_apply_patch.allowed_callers": option(
        "apply_patch", ", editor: './code.py:Editor'", "allowed_callers: [direct]"
    ),
    "hosted_custom.name": tool(
        f"{{hosted: custom{CUSTOM}}}",
        f"{{hosted: custom{CUSTOM.replace('calc', 'count')}}}",
        "tool count was added",
    ),
    "hosted_custom.description": tool(
        f"{{hosted: custom{CUSTOM}}}",
        f"{{hosted: custom{CUSTOM.replace('Counts', 'Adds')}}}",
        "description of tool calc changed",
    ),
    "hosted_custom.format": option("custom", CUSTOM, "format: {type: text}"),
    "hosted_custom.allowed_callers": option("custom", CUSTOM, "allowed_callers: [direct]"),
    "hosted_custom.defer_loading": option(
        "custom", CUSTOM, "defer_loading: true", "{hosted: tool_search}", LATER
    ),
    **{
        f"{kind}.hosted": added(f"tools: [{{hosted: {written}}}]", f"tool {name} was added")
        for kind, written, name in (
            ("hosted_web_search", "web_search", "web_search"),
            ("hosted_file_search", "file_search, vector_store_ids: [v]", "file_search"),
            (
                "hosted_code_interpreter",
                "code_interpreter, tool_config: {container: {type: auto}}",
                "code_interpreter",
            ),
            ("hosted_image_generation", "image_generation, tool_config: {}", "image_generation"),
            ("hosted_mcp", f"hosted_mcp, tool_config: {{{MCP[1]}}}", "hosted_mcp:docs"),
            ("hosted_shell", "shell, executor: './code.py:act'", "shell"),
            ("hosted_local_shell", "local_shell, executor: './code.py:act'", "local_shell"),
            ("hosted_apply_patch", "apply_patch, editor: './code.py:Editor'", "apply_patch"),
            ("hosted_computer", "computer, computer: './code.py:launch'", "computer_use_preview"),
            ("hosted_custom", f"custom{CUSTOM}", "calc"),
        )
    },
    "hosted_tool_search.hosted": tool(
        FIND,
        f"{FIND}\n      - {{hosted: tool_search}}\n      - {OTHER}",
        "tool tool_search was added",
    ),
    "hosted_programmatic_tool_calling.hosted": tool(
        FIND,
        f"{FIND}\n      - {{hosted: programmatic_tool_calling}}\n      - {BY_CODE}",
        "tool programmatic_tool_calling was added",
    ),
}
