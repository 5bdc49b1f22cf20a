"""Any value of a file may hang on a variable that is not set: that is noted, and breaks nothing."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Cli
from yamlagents.spec.digest import definition
from yamlagents.spec.loader import check

EXAMPLES = sorted((Path(__file__).parent / "files" / "format").glob("*.yaml"))
UNSET = "${NOWHERE_SET}"
Keys = tuple[str | int, ...]


def _texts(data: Any, keys: Keys = ()) -> Iterator[Keys]:
    if isinstance(data, str):
        yield keys
    for key, value in data.items() if isinstance(data, dict) else ():
        yield from _texts(value, (*keys, key))
    for index, value in enumerate(data if isinstance(data, list) else ()):
        yield from _texts(value, (*keys, index))


def _changed(data: Any, keys: Keys, value: Any) -> Any:
    changed = copy.deepcopy(data)
    inner = changed
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return changed


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda path: path.stem)
def test_each_text_may_be_unset(file: Path) -> None:
    data = yaml.safe_load(file.read_text("utf-8"))
    for keys in _texts(data):
        for value in (UNSET, {"use": UNSET}):
            text = json.dumps(_changed(data, keys, value)).encode()
            checked = check(file, text=text, environ={})
            assert checked.problems, keys
            if checked.spec is not None:
                assert definition(checked.spec), keys


@pytest.mark.parametrize(
    "agent",
    [
        "{model: a/b, instructions: {use: '${NOWHERE_SET}'}}",
        "{model: hosting, tools: [{namespace: n, description: d, tools: ['${NOWHERE_SET}']}]}",
        "{model: made}",
    ],
    ids=["instructions", "namespace", "model"],
)
def test_what_is_listed_may_be_unset(write: Callable[..., Path], cli: Cli, agent: str) -> None:
    models = "hosting: {model: openai/gpt-4.1, provider: openai_responses}"
    text = f"models: {{made: {{use: '{UNSET}'}}, {models}}}\nagents: {{desk: {agent}}}\n"
    file = write("agents.d/a.yaml", text)
    result = cli("list", cwd=file.parents[1])
    assert result.code == 0, result.stderr
    assert "desk" in result.stdout


@pytest.mark.parametrize("key", ["when", "until"])
def test_no_variable_holds_a_mapping(write: Callable[..., Path], cli: Cli, key: str) -> None:
    text = f"agents: {{a: {{model: a/b}}}}\nworkflow: {{loop: [{{agent: a}}], {key}: '{UNSET}'}}\n"
    result = cli("validate", write("a.yaml", text))
    assert result.code == 2
    assert f"'{key}' must be a mapping or a list" in result.stdout


@pytest.mark.parametrize("value", [f"{{use: '{UNSET}'}}", f"{{write: '{UNSET}'}}"])
def test_options_of_a_server_matter_once_it_is_started(
    write: Callable[..., Path], cli: Cli, value: str
) -> None:
    server = f"{{command: uvx, require_approval: {value}}}"
    agents = "{a: {model: a/b, mcp_servers: [files]}}"
    file = write("a.yaml", f"mcp_servers: {{files: {server}}}\nagents: {agents}\n")
    result = cli("run", file, "hi", "--offline")
    assert result.code == 2
    assert "error[unset-variable]: NOWHERE_SET is not set" in result.stderr
    assert cli("tools", file, "--no-mcp").code == 0
