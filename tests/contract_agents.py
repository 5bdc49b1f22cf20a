"""Changes of agents, their prompts, handoffs and tools, that their models see."""

from __future__ import annotations

from tests.contract_changes import (
    ASK,
    BOX,
    CLOSED,
    CRM,
    FIND,
    OTHER,
    OUT,
    STORED,
    STRICT,
    Change,
    added,
    handoff,
    key,
    served,
    setting,
    tool,
)

# By definition and key; of those with options of their own, an example.
AGENTS: dict[str, Change] = {
    "agent.name": Change("    handoffs: [b]\n", "name: bee", "name: fly", "'fly' was added", "[b]"),
    "agent.instructions": Change("", "Hi.", "Hello.", "instructions of `a` changed"),
    "agent.instructions_file": Change(
        "", "instructions: Hi.", "instructions_file: hello.md", "instructions of `a` changed"
    ),
    "agent.append_to_instructions": added(
        "append_to_instructions: {files: [more.md]}", "instructions of `a` changed"
    ),
    "agent.extends": Change(
        "",
        "    instructions: Hi.\n    model: m\n",
        "    extends: b\n",
        "instructions of `a` changed",
        "instructions: Ho.",
    ),
    "agent.handoff_description": Change(
        "    handoffs: [b]\n",
        "    name: bee\n",
        "    name: bee\n    handoff_description: Bees.\n",
        "handoff of `a` to 'bee' changed: description",
    ),
    "agent.model": Change(
        "", "    model: m\n", "    model: openai/gpt-4.1\n", "model of `a` changed"
    ),
    "agent.model_settings": setting("temperature: 0.5"),
    "agent.tools": added("tools: ['./code.py:find']", "tool find was added to `a`"),
    "agent.handoffs": added("handoffs: [b]", "handoff of `a` to 'bee' was added"),
    "agent.prompt": Change("", "    model: m\n", f"    model: m\n    {STORED}\n", "prompt of `a`"),
    "agent.output_type": added(OUT, "output schema of `a` gained `x`"),
    "agent.strict_json_schema": added(
        "strict_json_schema: false", "strict_json_schema of `a` was added", rest=f"    {CLOSED}\n"
    ),
    "agent.output_mode": added(
        "output_mode: prompt", "output_mode of `a` was added", rest=f"    {OUT}\n"
    ),
    "agent.mcp_servers": Change(BOX, BOX, "", "tool add was removed from `a`", "  a:"),
    "agent.mcp_config": STRICT,
    "agent.reset_tool_choice": added(
        "reset_tool_choice: false",
        "reset_tool_choice of `a` was added",
        rest="    model_settings: {tool_choice: find}\n    tools: ['./code.py:find']\n",
    ),
    "stored_prompt.id": key(
        f"    {STORED}", f"    {STORED}".replace("pmpt_1", "pmpt_2"), "id from"
    ),
    "stored_prompt.version": key(f"    {STORED}", f"    {STORED}".replace("'1'", "'2'"), "version"),
    "stored_prompt.variables": key(f"    {STORED}", f"    {STORED}".replace("kind", "rude"), "var"),
    "handoff_options.agent": Change(
        "    handoffs: [{agent: b}]\n", "{agent: b}", "{agent: a}", "to 'a' was added"
    ),
    "handoff_options.tool_name_override": handoff("tool_name_override: go", "to 'bee' was added"),
    "handoff_options.tool_description_override": handoff(
        "tool_description_override: Go.", "changed: description from"
    ),
    "handoff_options.input_type": handoff(
        "input_type: './code.py:One', on_handoff: './code.py:note'", "changed: parameters from"
    ),
    "handoff_options.is_enabled": handoff("is_enabled: false", "was removed"),
    "function_tool.function": tool(FIND, FIND.replace("find", "act"), "tool act was added"),
    "function_tool.name_override": tool(
        FIND, FIND.replace("false", "false, name_override: look"), "tool look was added"
    ),
    "function_tool.description_override": tool(
        FIND,
        FIND.replace("false", "false, description_override: Look."),
        "description of tool find",
    ),
    "function_tool.docstring_style": tool(
        FIND, FIND.replace("false", "false, docstring_style: numpy"), "tool find changed"
    ),
    "function_tool.use_docstring_info": tool(
        FIND, FIND.replace("false", "false, use_docstring_info: false"), "description of tool find"
    ),
    "function_tool.strict_mode": tool(FIND, FIND.replace("false", "true"), "tool find changed"),
    "function_tool.is_enabled": tool(
        FIND, FIND.replace("false", "false, is_enabled: false"), "tool find was removed"
    ),
    "function_tool.defer_loading": tool(
        FIND,
        FIND.replace("false", "false, defer_loading: true"),
        "defer_loading of tool find was added",
        "{hosted: tool_search}",
        OTHER,
    ),
    "function_tool.allowed_callers": tool(
        FIND,
        FIND.replace("false", "false, allowed_callers: [direct]"),
        "allowed_callers of tool find was added",
    ),
    "function_tool.output_type": tool(
        FIND, FIND.replace("false", "false, output_type: './code.py:One'"), "output of tool find"
    ),
    "function_tool.output_json_schema": tool(
        FIND,
        FIND.replace("false", "false, output_json_schema: {type: object}"),
        "output of tool find",
    ),
    "agent_tool.tool_name": tool(ASK, ASK.replace("ask", "beg"), "tool beg was added"),
    "agent_tool.tool_description": tool(
        ASK, ASK.replace("ask", "ask, tool_description: Asks."), "description of tool ask"
    ),
    "agent_tool.is_enabled": tool(
        ASK, ASK.replace("ask", "ask, is_enabled: false"), "tool ask was removed"
    ),
    "agent_tool.parameters": tool(
        ASK, ASK.replace("ask", "ask, parameters: './code.py:One'"), "schema of tool ask gained"
    ),
    "tool_namespace.namespace": tool(
        CRM,
        CRM.replace("crm", "erp"),
        "namespace of tool find changed from",
        "{hosted: tool_search}",
    ),
    "tool_namespace.description": tool(
        CRM,
        CRM.replace("Cust", "Old cust"),
        "namespace_description of tool find",
        "{hosted: tool_search}",
    ),
    "tool_namespace.tools": tool(
        CRM,
        CRM.replace("find'", "find', './code.py:act'"),
        "tool act was added",
        "{hosted: tool_search}",
    ),
    "mcp_tool_names.allowed_tool_names": served(
        '"tool_filter": {"allowed_tool_names": ["add"]}', "tool divide was removed from `a`"
    ),
    "mcp_tool_names.blocked_tool_names": served(
        '"tool_filter": {"blocked_tool_names": ["add"]}', "tool add was removed from `a`"
    ),
    "mcp_stdio_server.tool_filter": served(
        '"tool_filter": {"blocked_tool_names": ["add"]}', "tool add was removed from `a`"
    ),
    "mcp_config.convert_schemas_to_strict": STRICT,
    "mcp_config.include_server_in_tool_names": Change(
        BOX,
        BOX,
        f"{BOX}    mcp_config: {{include_server_in_tool_names: true}}\n",
        "tool mcp_box__add was added to `a`",
        "mcp_servers: [box]",
    ),
}
