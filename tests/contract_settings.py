"""Changes of models and their settings."""

from __future__ import annotations

from tests.contract_changes import (
    Change,
    setting,
)

SETTINGS: dict[str, Change] = {
    "model.model": Change("", "gpt-5.1", "gpt-5", "model of `a` changed from openai/gpt-5.1"),
    "model.settings": Change(
        "",
        "openai_responses,",
        "openai_responses, settings: {top_p: 0.5},",
        "top_p of `a` was added",
    ),
    **{
        f"model_settings.{more.partition(':')[0]}": setting(more)
        for more in (
            "temperature: 0.5",
            "top_p: 0.5",
            "frequency_penalty: 0.5",
            "presence_penalty: 0.5",
            "tool_choice: required",
            "parallel_tool_calls: true",
            "truncation: auto",
            "max_tokens: 500",
            "reasoning: {effort: low}",
            "verbosity: low",
            "metadata: {user_id: u-17}",
            "store: true",
            "prompt_cache_retention: 24h",
            "response_include: [message.output_text.logprobs]",
            "top_logprobs: 2",
            "extra_query: {a: b}",
            "extra_body: {a: b}",
            "extra_headers: {x-a: b}",
            "extra_args: {user: u-17}",
            "context_management: [{type: compaction}]",
            "prompt_cache_options: {ttl: 30m}",
        )
    },
    **{
        f"reasoning.{more.partition(':')[0]}": Change(
            "    model_settings: {reasoning: {summary: concise}}\n",
            "summary: concise",
            more,
            "reasoning of `a` changed from",
        )
        for more in (
            *("effort: low", "summary: auto", "generate_summary: auto"),
            *("context: auto", "mode: pro"),
        )
    },
    **{
        f"{within}.{more.partition(':')[0]}": Change(
            f"    model_settings: {{{outer}}}\n", old, more, f"{within} of `a` changed from"
        )
        for within, outer, old, more in (
            ("context_management", "context_management: [{type: a}]", "type: a", "type: b"),
            (
                "context_management",
                "context_management: [{type: a}]",
                "type: a",
                "compact_threshold: 9, type: a",
            ),
            *(
                ("prompt_cache_options", "prompt_cache_options: {ttl: 12h}", "ttl: 12h", more)
                for more in (
                    *("mode: explicit", "ttl: 30m", "prewarm: true"),
                    "comparison_response_id: resp_1",
                )
            ),
        )
    },
    "run.model": Change(
        "",
        "    model: m\n  b:",
        "  b:",
        "model of `a` changed from openai/gpt-5.1 to openai/gpt-4.1",
        "run: {model: openai/gpt-4.1}",
    ),
    "run.model_settings": Change(
        "",
        "run: {model: openai/gpt-4.1}",
        "run: {model_settings: {top_p: 0.5}}",
        "top_p of `a` was added",
    ),
}
