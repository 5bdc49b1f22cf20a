"""Params: where their values come from, what they become, and what is told of wrong ones."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import yamlagents
from tests.conftest import Cli
from yamlagents.spec.loader import check, load
from yamlagents.spec.records import Spec

Write = Callable[[str, str], Path]
GOOD = Path(__file__).parent / "files" / "good" / "params" / "agents.yaml"

FILE = """\
params:
  city: {type: string}
  days: {type: integer, default: 3}
  heat: {type: number, default: 0.5}
  brief: {type: boolean, default: true}
  tone: {enum: [formal, 7, true], default: formal}
  style: {type: file, default: style.md}
agents:
  weather:
    model: offline/match
    instructions: ${params.style}
    metadata:
      city: ${params.city}
      days: ${params.days}
      heat: ${params.heat}
      brief: ${params.brief}
      tone: ${params.tone}
"""


def good(**params: Any) -> Spec:
    return load(GOOD, environ={}, params={"owner": "me", **params})


@pytest.fixture
def file(write: Write) -> Path:
    write("style.md", "Be kind to ${params.city}.\n")
    return write("a.yaml", FILE)


def metadata(file: Path, **params: Any) -> dict[str, Any]:
    return dict(
        load(file, environ={}, params={"city": "Tokyo", **params}).agents["weather"].metadata
    )


def problems(file: Path, **params: Any) -> list[tuple[str, str]]:
    found = check(file, environ={}, params=params).problems
    return [(problem.place.source.text, problem.message) for problem in found]


def test_a_value_that_is_a_param_alone_has_its_type() -> None:
    settings = good().agents["weather"].settings
    assert settings["temperature"] == 0.5
    assert (settings["max_tokens"], settings["include_usage"]) == (3, True)
    assert settings["extra_headers"] == {"X-Region": "eu"}


def test_a_param_in_quotes_or_in_other_text_is_text() -> None:
    weather = good(days=7, brief=False).agents["weather"]
    assert weather.instructions == "Talk of Tokyo for 7 days; brief is false."
    assert dict(weather.metadata) == {"owner": "me", "escaped": "${params.city}", "text": "7"}


def test_of_a_prompt_file_only_params_are_replaced() -> None:
    assert good(tone="casual").agents["styled"].instructions == (
        "Be casual: Be kind, ${params.city}.\nWrite ${params.city} for $3, $5 or ${HOME}."
    )


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("city", "12", "12"),
        ("city", "${HOME}", "${HOME}"),
        ("city", "null", "null"),
        ("days", "-4", -4),
        ("heat", "2", 2),
        ("heat", "1e-3", 0.001),
        ("brief", "false", False),
        ("tone", "7", 7),
        ("tone", "true", True),
    ],
)
def test_text_is_read_as_the_type_wants(file: Path, name: str, text: str, value: object) -> None:
    found = metadata(file, **{name: text})[name]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("city", 5, "the param 'city' must be text, not 5"),
        ("city", None, "the param 'city' must be text, not this"),
        ("days", "2.5", "the param 'days' must be a whole number, not '2.5'"),
        ("days", "", "the param 'days' must be a whole number, not ''"),
        ("days", True, "the param 'days' must be a whole number, not true"),
        ("heat", math.inf, "the param 'heat' must be a number, not inf"),
        ("heat", "1" * 70, f"the param 'heat' must be a number, not '{'1' * 57}...'"),
        ("brief", "yes", "the param 'brief' must be true or false, not 'yes'"),
        ("brief", 1, "the param 'brief' must be true or false, not 1"),
        ("tone", 1, "the param 'tone' must be one of formal, 7, true, not 1"),
        ("style", "../style.md", "'../style.md' leads outside the project folder {root}/"),
        ("style", "stile.md", "there is no file 'stile.md'; did you mean 'style.md'?"),
        ("ctiy", "Oslo", "there is no param 'ctiy'; did you mean 'city'?"),
    ],
)
def test_a_value_that_does_not_fit_is_told_at_the_option(
    file: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: object, message: str
) -> None:
    monkeypatch.chdir(file.parent)
    expected = message.format(root=file.parent.name)
    assert problems(file, **{name: value}) == [(f"{name}={value}", expected)]


def test_a_file_that_is_given_starts_at_the_work_folder(
    file: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write("other/loud.md", "BE LOUD.\n").parent)
    spec = load(file, params={"city": "Oslo", "style": "loud.md"})
    assert spec.agents["weather"].instructions == "BE LOUD."


def test_a_file_that_is_no_text_is_a_problem(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    (file.parent / "picture.png").write_bytes(b"\x89PNG")
    assert problems(file, style="picture.png")[0][1] == "'picture.png' is not UTF-8 in line 1"


def test_a_param_without_a_value_stops_a_run_and_no_check(file: Path, cli: Cli) -> None:
    assert cli("validate", file).code == 0
    result = cli("run", file, "hello")
    assert result.code == 2
    assert ":2:3: error[missing-param]: the param 'city' has no value" in result.stderr
    assert "give one: --param city=..., or add a default" in result.stderr
    assert cli("run", file, "hello", "--param", "city=Oslo").code == 0


def test_a_setting_may_change_a_default(file: Path) -> None:
    spec = load(file, params={"city": "Oslo"}, overrides=["params.days.default=9"])
    assert spec.agents["weather"].metadata["days"] == 9
    wrong = check(file, overrides=["params.days.default=many"]).problems
    assert [problem.place.file for problem in wrong] == ["--set"]


def test_a_setting_may_name_a_param(file: Path) -> None:
    overrides = ["agents.weather.metadata.city=${params.heat}", "agents.weather.metadata.a=b"]
    spec = load(file, params={"city": "Oslo", "heat": "2"}, overrides=overrides)
    assert spec.agents["weather"].metadata["city"] == 2
    problem = check(file, overrides=["agents.weather.metadata.a=${params.haet}"]).problems[-1]
    assert (problem.place.file, problem.code) == ("--set", "unknown-param")


def test_the_unset_default_of_a_param_that_is_given_is_not_missed(write: Write) -> None:
    text = "params:\n  city:\n    default: ${NO_CITY}\n"
    text += "agents: {a: {model: offline/match, instructions: '${params.city}'}}\n"
    file = write("a.yaml", text)
    with pytest.raises(yamlagents.SpecError, match="NO_CITY is not set"):
        load(file, environ={})
    assert load(file, environ={}, params={"city": "Oslo"}).agents["a"].instructions == "Oslo"


def test_an_escape_does_not_hide_a_param(write: Write) -> None:
    text = (
        'params: {a: {default: b}}\nagents: {a: {model: offline/match, name: "\\x24{params.a}"}}\n'
    )
    assert load(write("a.yaml", text)).agents["a"].name == "b"


def test_params_are_those_of_all_files_and_only_the_main_ones_must_be_used(write: Write) -> None:
    write("shared.yaml", "params: {city: {default: Oslo}, spare: {default: a}}\n")
    text = "include: [shared.yaml]\nparams: {own: {default: x}}\nagents:\n  a:\n"
    file = write("a.yaml", f"{text}    model: offline/match\n    name: ${{params.city}}\n")
    both = file.read_text().replace("city}", "city}${params.own}")
    assert load(write("b.yaml", both)).agents["a"].name == "Oslox"
    assert problems(file)[0][1] == "nothing uses the param 'own'"
    assert check(file.parent / "shared.yaml").problems == ()


def test_a_param_that_only_the_prompt_of_an_overlay_names_is_used(write: Write) -> None:
    write("p.md", "In ${params.city}.")
    text = "params: {city: {default: Oslo}}\nagents: {a: {model: offline/match}}\n"
    overlay = "overlays: {ci: {agents: {a: {instructions_file: p.md}}}}\n"
    assert problems(write("a.yaml", text))[0][1] == "nothing uses the param 'city'"
    assert load(write("b.yaml", text + overlay), overlays=["ci"]).agents["a"].instructions == (
        "In Oslo."
    )


def test_of_several_files_each_takes_the_params_it_has(file: Path, write: Write, cli: Cli) -> None:
    other = write("b.yaml", "agents: {a: {model: openai/gpt-4.1}}\n")
    assert cli("validate", file, other, "--param", "city=Oslo").code == 0
    result = cli("validate", file, other, "--param", "citty=Oslo")
    said = (
        "Invalid value for --param: none of the files has the param 'citty'; did you mean 'city'?"
    )
    assert (result.code, said in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("texts", "said"),
    [(["city"], "'city' is not NAME=VALUE"), (["a=1", "a=2"], "'a' is given twice")],
    ids=["no-value", "twice"],
)
def test_an_option_that_gives_no_one_value(
    file: Path, cli: Cli, texts: list[str], said: str
) -> None:
    options = [part for text in texts for part in ("--param", text)]
    result = cli("run", file, "hello", *options)
    assert (result.code, said in result.stderr) == (2, True)


def test_a_secret_given_for_a_param_is_not_shown(write: Write, cli: Cli) -> None:
    text = "params: {key: {type: string}}\nmodels:\n  m:\n    model: openai/gpt-4.1\n"
    file = write("a.yaml", text + "    api_key: ${params.key}\nagents: {a: {model: m}}\n")
    secret = "sk-proj-abcdefghijklmnop"
    assert load(file, params={"key": secret}).agents["a"].model.api_key == secret
    result = cli("run", file, "hi", "--param", f"key={secret}", "--param", f"api_key={secret}")
    assert result.code == 2
    assert secret not in result.stderr + result.stdout


def test_completion_offers_the_params_and_overlays_of_the_file(
    file: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMP_WORDS", f"yamlagents run {file} --param b")
    monkeypatch.setenv("COMP_CWORD", "4")
    result = cli(env={"_YAMLAGENTS_COMPLETE": "bash_complete"})
    assert result.stdout.split() == ["plain,brief="]
