"""Overlays: what they change, in which file, and what is told of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

import yamlagents
from tests.conftest import Cli
from yamlagents.spec.loader import check, load
from yamlagents.spec.records import Spec
from yamlagents.spec.schema.published import schema
from yamlagents.spec.tools.records import ToolSpec

Write = Callable[[str, str], Path]
FOLDER = Path(__file__).parent / "files" / "good" / "overlays"


def good(*overlays: str) -> Spec:
    return load(FOLDER / "agents.yaml", environ={}, overlays=overlays)


def tool_path(spec: Spec) -> Path | None:
    (tool,) = spec.agents["weather"].tools
    assert isinstance(tool, ToolSpec)
    return tool.function.path


def test_without_an_overlay_a_file_is_what_it_says() -> None:
    spec = good()
    assert (spec.entry, spec.run.max_turns) == ("weather", 8)
    assert spec.agents["weather"].model.model == "openai/gpt-4.1"
    assert tool_path(spec) == FOLDER / "shared" / "shop.py"


def test_mappings_merge_key_by_key_and_the_rest_is_replaced() -> None:
    spec = good("ci")
    assert (spec.entry, spec.run.max_turns) == ("helper", 3)
    assert dict(spec.agents["weather"].model_settings) == {
        "temperature": 0.2,
        "max_tokens": 5,
        "extra_headers": {"X-Team": "weather", "X-Env": "ci"},
    }
    assert spec.agents["helper"].model_settings == spec.agents["weather"].model_settings


def test_an_overlay_changes_what_an_included_file_declares() -> None:
    model = good("ci").agents["weather"].model
    # The nearer file's overlay counts more; what only the other says stays.
    assert (model.model, model.settings) == ("offline/match", {"top_p": 0.1})


def test_paths_in_an_overlay_start_at_the_file_it_is_written_in() -> None:
    assert tool_path(good("ci")) == FOLDER / "fake.py"


def test_instructions_in_an_overlay_replace_a_prompt_file() -> None:
    assert good().agents["weather"].instructions == "You tell the weather."
    assert good("ci").agents["weather"].instructions == "Be brief."


@pytest.mark.parametrize(
    ("order", "tokens"), [(("ci", "hot"), 7), (("hot", "ci"), 5)], ids=["hot-last", "ci-last"]
)
def test_the_last_of_several_overlays_counts(order: tuple[str, ...], tokens: int) -> None:
    settings = good(*order).agents["weather"].model_settings
    assert (settings["temperature"], settings["max_tokens"]) == (0.9, tokens)


def test_a_setting_stands_over_an_overlay() -> None:
    overrides = ["models.fast.model=openai/gpt-4.1-mini", "agents.weather.model_settings.top_p=1"]
    spec = load(FOLDER / "agents.yaml", environ={}, overlays=["ci"], overrides=overrides)
    assert spec.agents["weather"].model.model == "openai/gpt-4.1-mini"
    assert spec.agents["weather"].settings["top_p"] == 1


def test_a_place_in_an_overlay_is_its_own(write: Write) -> None:
    text = "agents:\n  a: {model: openai/gpt-4.1, model_settings: {top_p: 1}}\n"
    overlay = "overlays:\n  ci:\n    agents:\n      a:\n        model_settings: {temperature: 9}\n"
    problem = check(write("a.yaml", text + overlay), overlays=["ci"]).problems[0]
    assert (problem.place.line, problem.place.column) == (7, 39)
    assert problem.message == "'temperature' must be at most 2, not 9"


def test_a_variable_that_only_another_overlay_needs_is_not_missed(write: Write) -> None:
    text = "agents: {a: {model: '${MODEL}'}}\noverlays:\n"
    text += "  dev: {agents: {a: {model: offline/match}}}\n"
    file = write("a.yaml", text + "  prod: {agents: {a: {model: '${PROD_MODEL}'}}}\n")
    assert load(file, environ={}, overlays=["dev"]).agents["a"].model.model == "offline/match"
    with pytest.raises(yamlagents.SpecError) as raised:
        load(file, environ={}, overlays=["prod"])
    missed = [one.message for one in raised.value.problems if one.severity == "error"]
    assert missed == ["PROD_MODEL is not set"]


def test_a_key_in_an_overlay_waits_until_its_model_is_asked(write: Write) -> None:
    write("models.yaml", "models: {fast: {model: openai/gpt-4.1}}\n")
    text = "include: [models.yaml]\nagents: {a: {model: fast}}\noverlays:\n"
    text += "  prod: {models: {fast: {api_key: '${PROD_KEY}'}}}\n"
    spec = load(write("a.yaml", text), environ={}, overlays=["prod"])
    assert yamlagents.assemble(spec, models=yamlagents.offline)
    (obstacle,) = spec.agents["a"].model.obstacles
    assert (obstacle.message, obstacle.place.line) == ("PROD_KEY is not set", 4)


def test_an_unknown_overlay_is_a_problem_at_the_option(cli: Cli) -> None:
    result = cli("run", "agents.yaml", "hello", "--overlay", "hit", cwd=FOLDER)
    assert result.code == 2
    assert "--overlay:1:1: error[unknown-overlay]" in result.stderr
    assert "there is no overlay 'hit'; did you mean 'hot'?" in result.stderr


def test_validate_checks_the_overlays_that_are_not_chosen(write: Write, cli: Cli) -> None:
    text = "agents: {a: {model: offline/match}}\noverlays:\n  ci: {run: {max_turns: 0}}\n"
    file = write("a.yaml", text + "  cd: {run: {max_turns: 0}}\n")
    result = cli("validate", file, "--overlay", "ci")
    assert [line.split(" ")[1] for line in result.stdout.splitlines() if line[0] != " "] == [
        "error[out-of-range]:",
        "error[out-of-range]:",
    ]


def test_of_several_files_each_takes_the_overlays_it_has(write: Write, cli: Cli) -> None:
    write("all/a.yaml", "agents: {a: {model: offline/match}}\n")
    text = "agents: {a: {model: openai/gpt-4.1}}\n"
    write("all/b.yaml", text + "overlays: {ci: {agents: {a: {model: a/b}}}}\n")
    folder = write("note.txt", "").parent
    assert cli("validate", "all", "--overlay", "ci", cwd=folder).code == 0
    result = cli("smoke", "all", "--overlay", "cd", cwd=folder)
    said = "Invalid value for --overlay: none of the files has the overlay 'cd'"
    assert (result.code, said in result.stderr) == (2, True)


def test_a_test_runs_under_the_overlay(write: Write, cli: Cli) -> None:
    text = "agents: {a: {model: openai/gpt-4.1}}\n"
    text += "overlays: {ci: {agents: {a: {model: offline/match}}}}\n"
    case = "tests: [{name: a, input: hello, expect: [{contains: Offline}]}]\n"
    file = write("a.yaml", text + case)
    assert cli("test", file).code == 8
    assert cli("test", file, "--overlay", "ci").code == 0


def test_list_and_doctor_tell_of_params_and_overlays(write: Write, cli: Cli) -> None:
    text = "params: {m: {default: offline/match}}\nagents:\n  a:\n    model: ${params.m}\n"
    folder = write("team/a.yaml", text + "overlays: {ci: {run: {max_turns: 2}}}\n").parent
    listed = cli("list", "--dir", folder, "--json").stdout
    assert '"params": [\n      "m"\n    ],\n    "overlays": [\n      "ci"\n    ]' in listed
    assert "1 agent, 1 param, 1 overlay" in cli("doctor", "--dir", folder).stdout


def test_more_overlays_than_are_checked_is_a_problem(write: Write) -> None:
    overlays = "".join(f"  o{number}: {{run: {{max_turns: 2}}}}\n" for number in range(101))
    file = write("a.yaml", f"agents: {{a: {{model: offline/match}}}}\noverlays:\n{overlays}")
    assert [problem.code for problem in check(file).problems] == ["too-many-variants"]


@pytest.mark.parametrize(
    ("overlay", "declared"),
    [("model_overlay", ["model"]), ("mcp_server_overlay", ["mcp_stdio_server", "mcp_http_server"])],
    ids=["models", "mcp-servers"],
)
def test_the_schema_lets_an_overlay_have_every_key(overlay: str, declared: list[str]) -> None:
    definitions = schema()["definitions"]
    keys = {key for name in declared for key in definitions[name]["properties"]}
    assert set(definitions[overlay]["properties"]) == keys


def test_the_published_schema_takes_parts_of_a_model() -> None:
    data = yaml.safe_load((FOLDER / "agents.yaml").read_text())
    data["overlays"]["ci"]["models"]["fast"] = {"settings": {"temperature": 1}}
    assert [error.message for error in Draft7Validator(schema()).iter_errors(data)] == []
    data["overlays"]["ci"]["models"]["fast"] = {"setings": {}}
    assert list(Draft7Validator(schema()).iter_errors(data))
