import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from yamlagents.spec.schema.explain import STRICT
from yamlagents.spec.schema.fits import BESIDE, KEYWORDS, Fitting

PATH = Path(__file__).parents[1] / "schemas" / "agents.schema.json"
SCHEMA: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
DEFINITIONS = SCHEMA["definitions"]
EXACT = STRICT(SCHEMA)
FITS = Fitting(SCHEMA)

Place = list[str | int]
KINDS: list[Any] = [None, [], {}]  # a key with a type takes one of these at most
DATA = ("equals", "output", "final_output")  # keys for any data


def agent(**keys: Any) -> dict[str, Any]:
    return {"agents": {"a": keys}}


def model(**keys: Any) -> dict[str, Any]:
    return {"models": {"m": {"model": "openai/gpt-4.1"} | keys}}


def settings(**keys: Any) -> dict[str, Any]:
    return agent(model_settings=keys)


def tool(value: Any = None, **keys: Any) -> dict[str, Any]:
    return agent(tools=[keys or value])


def retry(**keys: Any) -> dict[str, Any]:
    return settings(retry={"max_retries": 2, **keys})


BACKOFF = {"initial_delay": 0, "max_delay": 9.5, "multiplier": 1.5, "jitter": False}

GOOD: dict[str, Any] = {
    "empty": {},
    "top": {"version": 1, "include": ["a", "b"], "entry": "a", "run": {"max_turns": None}},
    "x-keys": {"x-a": 1, "run": {"x-b": []}, **agent(tools=[{"function": "a:b", "x-c": None}])},
    "model": model(api_key="${KEY}", base_url="http://localhost:1", settings={"top_p": 1}),
    "model-is-variable": model(model="${MODEL:?say which}", base_url="${URL:-http://a.b}"),
    "model-has-variable": model(model="openai/${MODEL:?say which}"),
    "agent": agent(name="A b", instructions="", handoff_description="c", model="m", extends="b"),
    "agent-lists": agent(instructions_file="p.md", metadata={"a": [1]}, handoffs=["b", "c"]),
    "tool-in-file": tool("./tools/my-file.py:refund"),
    "tool-schema": tool(function="a:b", docstring_style="google", use_docstring_info=False),
    "tool-calls": tool(function="a:b", is_enabled=True, needs_approval=True, strict_mode=False),
    "tool-timeout": tool(function="./a.py:b", timeout=0.5, timeout_behavior="raise_exception"),
    "tool-failure": tool(function="a:b", failure_error_function=None),
    "ranges-low": settings(temperature=0, top_p=0, frequency_penalty=-2, top_logprobs=0),
    "ranges-high": settings(temperature=2.0, top_p=1.0, presence_penalty=2, top_logprobs=20),
    "reasoning": settings(reasoning={"effort": "none", "summary": "auto", "mode": "pro"}),
    "maps": settings(extra_args={"temperature": 1}, extra_body={"a": None}, metadata={"a": "b"}),
    "headers-named-x": settings(extra_headers={"x-api-key": "${KEY}"}),
    "retry": retry(on=["network_error", "4xx", 503], backoff=BACKOFF),
    "cache": settings(prompt_cache_options={"mode": "explicit", "ttl": "12h", "prewarm": True}),
}

AGENT: Place = ["agents", "a"]
TOOL: Place = [*AGENT, "tools", 0]
SETTINGS: Place = [*AGENT, "model_settings"]
RETRY: Place = [*SETTINGS, "retry"]

# Each is wrong once, at the place given.
BAD: dict[str, tuple[Any, Place]] = {
    "list": ([], []),
    "unknown-top-key": ({"agent": {}}, []),
    "version-2": ({"version": 2}, ["version"]),
    "version-true": ({"version": True}, ["version"]),
    "include-twice": ({"include": ["a", "a"]}, ["include"]),
    "no-agents": ({"agents": {}}, ["agents"]),
    "agent-key": ({"agents": {"1st": {}}}, ["agents"]),
    "agent-null": ({"agents": {"a": None}}, AGENT),
    "model-key-newline": ({"models": {"m\n": {"model": "a/b"}}}, ["models"]),
    "model-missing": ({"models": {"m": {}}}, ["models", "m"]),
    "model-no-provider": (model(model="gpt-4.1"), ["models", "m", "model"]),
    "model-newline": (model(model="openai/x\n"), ["models", "m", "model"]),
    "model-settings-typo": (model(settings={"temprature": 1}), ["models", "m", "settings"]),
    "url-without-scheme": (model(base_url="example.com"), ["models", "m", "base_url"]),
    "agent-unknown-key": (agent(instruction="x"), AGENT),
    "handoff-mapping": (agent(handoffs=[{"to": "b", "agent": "b"}]), [*AGENT, "handoffs", 0]),
    "handoff-twice": (agent(handoffs=["b", "b"]), [*AGENT, "handoffs"]),
    "tool-number": (tool(7), TOOL),
    "tool-not-python": (tool("./tools/weather.js:get"), TOOL),
    "tool-newline": (tool("pkg:get\n"), TOOL),
    "tool-no-function": (tool(timeout=1), TOOL),
    "tool-bad-function": (tool(function="pkg"), [*TOOL, "function"]),
    "no-turns": ({"run": {"max_turns": 0}}, ["run", "max_turns"]),
    "tool-timeout-0": (tool(function="a:b", timeout=0), [*TOOL, "timeout"]),
    "temperature-true": (settings(temperature=True), [*SETTINGS, "temperature"]),
    "tool-choice-mapping": (settings(tool_choice={"name": "a"}), [*SETTINGS, "tool_choice"]),
    "effort": (settings(reasoning={"effort": "huge"}), [*SETTINGS, "reasoning", "effort"]),
    "header-number": (settings(extra_headers={"x-a": 1}), [*SETTINGS, "extra_headers", "x-a"]),
    "retry-without-max": (settings(retry={"on": ["5xx"]}), RETRY),
    "retry-on-nothing": (retry(on=[]), [*RETRY, "on"]),
    "retry-on-word": (retry(on=["6xx"]), [*RETRY, "on", 0]),
    "retry-on-success": (retry(on=["5xx", 200]), [*RETRY, "on", 1]),
    "retry-policy": (retry(policy="is_busy"), [*RETRY, "policy"]),
    "retry-key": (retry(polcy="a:b"), RETRY),
    "backoff": (retry(backoff={"jitter": 1}), [*RETRY, "backoff", "jitter"]),
}


OUTSIDE = [("temperature", -0.1, 2.1), ("top_p", -0.1, 1.1), ("presence_penalty", -2.1, 2.1)]
OUTSIDE += [("frequency_penalty", -2.1, 2.1), ("top_logprobs", -1, 21), ("max_tokens", 0, 1.5)]
PAIRS = [(key, value) for key, *values in OUTSIDE for value in values]
BAD |= {f"{key}={value}": (settings(**{key: value}), [*SETTINGS, key]) for key, value in PAIRS}


def subschemas(node: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema in the schema, with its path; a map of keys to schemas is none itself."""
    if isinstance(node, dict) and not path.endswith(("/properties", "/definitions")):
        yield path, node
    children = node.items() if isinstance(node, dict) else enumerate(node)
    for key, child in children:
        if isinstance(child, dict | list) and key != "examples":
            yield from subschemas(child, f"{path}/{key}")


def mappings() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of a mapping; a condition only looks at one."""
    for path, node in subschemas(SCHEMA):
        if "properties" in node and not path.endswith("/if"):
            yield path, node


def test_schema_is_valid_draft_07() -> None:
    Draft7Validator.check_schema(SCHEMA)


def test_every_keyword_is_one_that_is_checked() -> None:
    for path, node in subschemas(SCHEMA):
        if not path.endswith(("/patternProperties", "/dependencies")):
            assert set(node) <= {*KEYWORDS, *BESIDE, "$ref"}, path


def test_no_key_takes_any_value() -> None:
    for path, node in subschemas(SCHEMA):
        for name, value in node.get("properties", {}).items():
            validator = Draft7Validator({**value, "definitions": DEFINITIONS})
            assert sum(map(validator.is_valid, KINDS)) <= 1 or name in DATA, f"{path}/{name}"


def test_every_key_is_described() -> None:
    groups = [node["properties"] for _, node in mappings()]
    named = [item for group in [DEFINITIONS, *groups] for item in group.items()]
    assert [name for name, value in named if not value.get("description", value.get("$ref"))] == []


def test_kinds_are_told_apart_without_one_of_or_format() -> None:
    found = [path for path, node in subschemas(SCHEMA) if {"oneOf", "anyOf", "format"} & set(node)]
    assert found == []


def test_every_mapping_of_ours_refuses_unknown_keys_but_x() -> None:
    ours = dict(mappings())
    closed = {"additionalProperties": False, "patternProperties": {"^x-": {}}}
    assert "#/definitions/agent" in ours
    found = {path for path, node in ours.items() if not closed.items() <= node.items()}
    # The first two only add to what another says; the last has one key, which says what it is.
    beside = {"#/definitions/reached_model", "#/definitions/hosted_tool", "#/definitions/smoke"}
    assert found == beside


def test_defaults_and_examples_are_accepted() -> None:
    for path, node in subschemas(SCHEMA):
        validator = Draft7Validator({**node, "definitions": DEFINITIONS})
        values = node.get("examples", []) + [node[key] for key in ("default",) if key in node]
        assert [(path, value) for value in values if not validator.is_valid(value)] == []


@pytest.mark.parametrize("document", GOOD.values(), ids=GOOD)
def test_good_documents_pass_both_checks(document: Any) -> None:
    assert [error.message for error in EXACT.iter_errors(document)] == []
    assert FITS(document)


@pytest.mark.parametrize(("document", "place"), BAD.values(), ids=BAD)
def test_bad_documents_fail_both_checks_at_their_place(document: Any, place: Place) -> None:
    places = {tuple(error.absolute_path) for error in EXACT.iter_errors(document)}
    assert places == {tuple(place)}
    assert not FITS(document)
