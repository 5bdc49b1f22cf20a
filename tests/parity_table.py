"""The table: what the keys of an agent file are in the SDK, and why some fields are no keys."""

from __future__ import annotations

import agents
from agents import Agent, RunConfig, Runner
from agents.agent import MCPConfig
from agents.extensions import ToolOutputTrimmer, memory
from agents.extensions.models.litellm_model import LitellmModel
from agents.mcp import MCPServerSse, MCPServerStdio, MCPServerStreamableHttp
from agents.mcp.server import (
    MCPServerSseParams,
    MCPServerStdioParams,
    MCPServerStreamableHttpParams,
    RequireApprovalObject,
    RequireApprovalToolList,
)
from agents.mcp.util import ToolFilterStatic
from agents.tracing import TracingConfig
from openai.types.responses import tool_param
from openai.types.responses.response_create_params import ContextManagement, PromptCacheOptions
from openai.types.shared import Reasoning

from tests.parity import FILE, Part, arguments, attributes, keys
from tests.parity_sandbox import SANDBOXES

ID = {"session_id": "id"}
OF_THE_AGENT = "the agent that is the tool has it as a key of its own"
OF_THE_RUN = "it is one for the run around and all within it"
OF_THE_TRACE = "a run inside is a part of the trace of the run around"
CLIENT = {"openai_client": "model.base_url"}
REPLAY = "it is told from the model's name; a model of the project's own code may have it"
GUARDRAIL = {"guardrail_function": "guardrail_code.use"}
MADE_HANDOFF = dict.fromkeys(attributes(agents.Handoff).defaults, "handoff_options.use")
USED = {"guardrail_function": "use"}
RUNNER = {"starting_agent": f"{FILE}.entry", "run_config": "run"}
EACH_RUN = {"input": "it is given with each run"}


PARTS = [
    Part("agent", attributes(Agent)),
    Part("agent", arguments(agents.AgentOutputSchema)),
    Part("stored_prompt", keys(agents.Prompt)),
    Part("stop_at_tools", keys(agents.StopAtTools)),
    Part("guardrail_code", attributes(agents.InputGuardrail), USED),
    Part("guardrail_code", attributes(agents.OutputGuardrail), USED),
    Part("guardrail_agent", attributes(agents.InputGuardrail), elsewhere=GUARDRAIL),
    Part("guardrail_agent", attributes(agents.OutputGuardrail), elsewhere=GUARDRAIL),
    Part("handoff_options", arguments(agents.handoff)),
    Part("handoff_options", attributes(agents.Handoff), elsewhere=MADE_HANDOFF),
    Part("function_tool", arguments(agents.function_tool), {"func": "function"}),
    Part("tool_guardrail_code", attributes(agents.ToolInputGuardrail), USED),
    Part("tool_guardrail_code", attributes(agents.ToolOutputGuardrail), USED),
    Part(
        "agent_tool",
        arguments(Agent.as_tool, "Agent.as_tool"),
    ),
    Part(
        "inner_run",
        attributes(RunConfig),
        excluded={
            **dict.fromkeys(("model", "model_settings", "input_guardrails"), OF_THE_AGENT),
            "output_guardrails": OF_THE_AGENT,
            **dict.fromkeys(("model_provider", "sandbox", "tool_error_formatter"), OF_THE_RUN),
            **dict.fromkeys(("tracing_disabled", "tracing", "workflow_name"), OF_THE_TRACE),
            **dict.fromkeys(("trace_id", "group_id", "trace_metadata"), OF_THE_TRACE),
        },
    ),
    Part("tool_namespace", arguments(agents.tool_namespace), {"name": "namespace"}),
    Part("hosted_web_search", arguments(agents.WebSearchTool)),
    Part("hosted_file_search", arguments(agents.FileSearchTool)),
    Part("hosted_code_interpreter", arguments(agents.CodeInterpreterTool)),
    Part("code_interpreter_config", keys(tool_param.CodeInterpreter)),
    Part("hosted_image_generation", arguments(agents.ImageGenerationTool)),
    Part("image_generation_config", keys(agents.ImageGenerationToolConfig)),
    Part("hosted_mcp", arguments(agents.HostedMCPTool)),
    Part("hosted_mcp_config", keys(tool_param.Mcp)),
    Part("hosted_tool_search", arguments(agents.ToolSearchTool)),
    Part("hosted_programmatic_tool_calling", arguments(agents.ProgrammaticToolCallingTool)),
    Part("hosted_shell", arguments(agents.ShellTool)),
    Part("hosted_local_shell", arguments(agents.LocalShellTool)),
    Part("hosted_apply_patch", arguments(agents.ApplyPatchTool)),
    Part("hosted_computer", arguments(agents.ComputerTool)),
    Part("hosted_custom", arguments(agents.CustomTool)),
    Part("mcp_stdio_server", keys(MCPServerStdioParams)),
    Part("mcp_stdio_server", arguments(MCPServerStdio), elsewhere={"params": "mcp_stdio_server"}),
    Part("mcp_http_server", keys(MCPServerStreamableHttpParams)),
    Part(
        "mcp_http_server",
        arguments(MCPServerStreamableHttp),
        elsewhere={"params": "mcp_http_server"},
    ),
    Part("mcp_http_server", keys(MCPServerSseParams)),
    Part("mcp_http_server", arguments(MCPServerSse), elsewhere={"params": "mcp_http_server"}),
    Part("mcp_tool_names", keys(ToolFilterStatic)),
    Part("mcp_approval_lists", keys(RequireApprovalObject)),
    Part("mcp_approval_names", keys(RequireApprovalToolList)),
    Part("mcp_config", keys(MCPConfig)),
    Part("model", arguments(LitellmModel), excluded={"should_replay_reasoning_content": REPLAY}),
    Part(
        "model",
        arguments(agents.OpenAIResponsesModel),
        elsewhere=CLIENT,
        excluded={"model_is_explicit": "a file always names the model"},
    ),
    Part(
        "model",
        arguments(agents.OpenAIChatCompletionsModel),
        elsewhere=CLIENT,
        excluded={
            "should_replay_reasoning_content": REPLAY,
            "strict_feature_validation": "what the API does not know is a problem of the file",
            "buffer_streamed_tool_calls": "a run shows tool calls when they are complete",
        },
    ),
    Part("model_settings", attributes(agents.ModelSettings)),
    Part("reasoning", keys(Reasoning)),
    Part("retry", attributes(agents.ModelRetrySettings)),
    Part("backoff", attributes(agents.ModelRetryBackoffSettings)),
    Part("context_management", keys(ContextManagement)),
    Part("prompt_cache_options", keys(PromptCacheOptions)),
    Part("run", attributes(RunConfig)),
    *SANDBOXES,
    Part("run", arguments(Runner.run, "Runner.run"), elsewhere=RUNNER, excluded=EACH_RUN),
    Part(
        "run",
        arguments(Runner.run_streamed, "Runner.run_streamed"),
        elsewhere=RUNNER,
        excluded=EACH_RUN,
    ),
    Part("run", arguments(agents.set_trace_processors), {"processors": "trace_processors"}),
    Part("error_handlers", keys(agents.RunErrorHandlers)),
    Part("error_output", attributes(agents.RunErrorHandlerResult)),
    Part("tool_execution", attributes(agents.ToolExecutionConfig)),
    Part("tool_output_trimmer/tool_output_trimmer", attributes(ToolOutputTrimmer)),
    Part("tracing", keys(TracingConfig)),
    Part("session_settings", attributes(agents.SessionSettings)),
    Part("session_sqlite", arguments(agents.SQLiteSession), ID),
    Part("session_sqlite", arguments(memory.AsyncSQLiteSession), ID),
    Part("session_advanced_sqlite", arguments(agents.SQLiteSession), ID),
    Part(
        "session_advanced_sqlite",
        arguments(memory.AdvancedSQLiteSession),
        ID,
        excluded={"logger": "an object of Python"},
    ),
    Part(
        "session_sqlalchemy",
        arguments(memory.SQLAlchemySession.from_url, "SQLAlchemySession.from_url"),
        ID,
    ),
    Part(
        "session_sqlalchemy",
        arguments(memory.SQLAlchemySession),
        ID,
        elsewhere={"engine": "session_sqlalchemy.url"},
    ),
    Part("session_redis", arguments(memory.RedisSession.from_url, "RedisSession.from_url"), ID),
    Part(
        "session_redis",
        arguments(memory.RedisSession),
        ID,
        elsewhere={"redis_client": "session_redis.url"},
    ),
    Part("session_encrypted", arguments(memory.EncryptedSession), ID),
    Part(
        "session_compaction",
        arguments(agents.OpenAIResponsesCompactionSession),
        ID,
        excluded={"client": "made of the key and the address of the entry agent's model"},
    ),
]
