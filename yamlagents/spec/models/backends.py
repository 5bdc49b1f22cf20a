"""What speaks to a provider, and which model settings each of these leaves out or refuses."""

from __future__ import annotations

# How each is called in messages.
WORDS = {
    "litellm": "LiteLLM",
    "openai_responses": "the Responses API",
    "openai_chat": "Chat Completions",
}

# Arguments that the SDK itself gives to LiteLLM: a second one under extra_args is a TypeError
# there, at the first request. Each with the key that sets it.
COLLISIONS = {
    "messages": "the run's input",
    "model": "'model'",
    "tools": "'tools'",
    "response_format": "the agent's output",
    "stream": "--stream or --no-stream",
    "stream_options": "'include_usage'",
    "api_key": "'api_key' under models",
    "base_url": "'base_url' under models",
    "top_logprobs": "'top_logprobs'",
    "temperature": "'temperature'",
    "top_p": "'top_p'",
    "frequency_penalty": "'frequency_penalty'",
    "presence_penalty": "'presence_penalty'",
    "max_tokens": "'max_tokens'",
    "tool_choice": "'tool_choice'",
    "parallel_tool_calls": "'parallel_tool_calls'",
    "extra_headers": "'extra_headers'",
}
# These it would take from extra_args in place of the setting, which would be gone without a word.
REPLACED = {
    "metadata": "'metadata'",
    "extra_body": "'extra_body'",
    "extra_query": "'extra_query'",
}
# Those that it gives to OpenAI's own client, beside the ones above.
_OPENAI = {
    **{key: COLLISIONS[key] for key in COLLISIONS if key not in ("api_key", "base_url")},
    **REPLACED,
    **{key: f"'{key}'" for key in ("prompt_cache_options", "prompt_cache_retention", "store")},
}
TAKEN = {
    "litellm": {**COLLISIONS, **REPLACED},
    "openai_chat": {
        **_OPENAI,
        "reasoning_effort": "'reasoning'",
        "verbosity": "'verbosity'",
    },
    "openai_responses": {
        **_OPENAI,
        **{key: f"'{key}'" for key in ("context_management", "prompt", "reasoning", "truncation")},
        "conversation": "'conversation_id' of run",
        "previous_response_id": "'previous_response_id' of run",
        "include": "'response_include'",
        "input": "the run's input",
        "instructions": "'instructions'",
        "max_output_tokens": "'max_tokens'",
        "text": "'verbosity'",
    },
}
# What is left of the arguments that OpenAI's client knows: any other is a TypeError.
KNOWN_ARGS = {
    "openai_responses": (
        *("access_programs", "background", "background_options", "image", "max_tool_calls"),
        *("moderation", "prompt_cache_key", "safety_identifier", "service_tier", "timeout", "user"),
    ),
    "openai_chat": (
        *("audio", "function_call", "functions", "logit_bias", "logprobs"),
        *("max_completion_tokens", "modalities", "moderation", "n", "prediction"),
        *("prompt_cache_key", "safety_identifier", "seed", "service_tier", "stop", "timeout"),
        *("user", "web_search_options"),
    ),
}

_OF_RESPONSES = "it belongs to OpenAI's Responses API; remove it"
# What is left out of the request without a word, and what to write instead.
DROPPED = {
    "litellm": {
        "truncation": "LiteLLM models have no truncation; remove it",
        "verbosity": "write extra_body: {verbosity: ...}",
        "store": "write extra_body: {store: ...}",
        "prompt_cache_retention": "write extra_body: {prompt_cache_retention: ...}",
        "response_include": _OF_RESPONSES,
        "context_management": _OF_RESPONSES,
        "prompt_cache_options": "write extra_args: {cache_control_injection_points: [...]}",
        "preserve_raw_usage": "LiteLLM models give no raw usage; remove it",
    },
    "openai_chat": dict.fromkeys(
        ("truncation", "response_include", "context_management"), _OF_RESPONSES
    ),
    "openai_responses": dict.fromkeys(
        ("frequency_penalty", "presence_penalty"), "that API has none; remove it"
    ),
}
DROPPED_REASONING = {
    "litellm": ("summary", "generate_summary", "context", "mode"),
    "openai_chat": ("summary", "generate_summary", "context", "mode"),
    "openai_responses": (),
}


OPENAI_BACKENDS = ("openai_responses", "openai_chat")
