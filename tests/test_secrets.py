"""Keys stay where they are: out of problems, messages, representations and digests."""

import copy
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from yamlagents import RunError, Spec, SpecError, load
from yamlagents.runtime.redaction import redacted
from yamlagents.spec.digest import definition
from yamlagents.spec.loader import check
from yamlagents.spec.secrets.words import bears_secret, is_dummy

Write = Callable[[str, str], Path]

FILE = """\
models:
  m:
    model: openai/gpt-4.1
    api_key: ${K}
    base_url: https://${U}:${P}@gateway.example/v1?api-key=${Q}
    settings:
      extra_headers: {X-Team: "${T}", Authorization: "Bearer ${H}"}
agents:
  a:
    model: m
    model_settings:
      extra_body: {upstream: {auth: [{client_secret: "${B}"}]}}
      extra_args: {aws_secret_access_key: "${A}", api_base: "http://u:${N}@h"}
"""
SECRETS = {name: f"{name.lower()}-hidden-0123" for name in "KPQHBAN"}
ENVIRON = {**SECRETS, "U": "reader", "T": "weather"}


@pytest.fixture
def spec(write: Write) -> Spec:
    return load(write("a.yaml", FILE), environ=ENVIRON)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_not_shown(spec: Spec, name: str) -> None:
    assert SECRETS[name] not in repr(spec)
    assert redacted(f"wrong key {SECRETS[name]}!", spec) == "wrong key ***!"


def test_what_is_no_secret_is_left(spec: Spec) -> None:
    text = "is weather at https://gateway.example/v1 of max_tokens running?"
    assert redacted(text, spec) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at http://reader:hunter2@other.example", "at http://***@other.example"),
        ("key sk-abcdefghijklmnop1234 refused", "key *** refused"),
        ("from-the-environment", "***"),
    ],
    ids=["address", "shape", "variable"],
)
def test_any_key_is_redacted(
    spec: Spec, monkeypatch: pytest.MonkeyPatch, text: str, expected: str
) -> None:
    monkeypatch.setenv("TEAM_DEPLOY_KEY", "from-the-environment")
    assert redacted(text, spec) == expected


def test_a_dummy_key_is_no_secret(write: Write) -> None:
    text = "models: {m: {model: ollama/qwen3, api_key: '${K:-ollama}'}}\nagents: {a: {model: m}}\n"
    spec = load(write("a.yaml", text), environ={})
    assert redacted("no connection to ollama/qwen3", spec) == "no connection to ollama/qwen3"


@pytest.mark.parametrize("name", ENVIRON)
def test_a_definition_is_without_keys(write: Write, spec: Spec, name: str) -> None:
    again = load(write("a.yaml", FILE), environ={**ENVIRON, name: "another-value"})
    assert again != spec
    assert definition(again) == definition(spec)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("settings:\n", "settings:\n      x-note: 1\n", True),
        ("upstream:", "downstream:", False),
        ("gateway", "highway", False),
        ("X-Team", "X-Group", False),
    ],
    ids=["note", "body", "address", "header"],
)
def test_a_definition_is_of_the_rest(
    write: Write, spec: Spec, old: str, new: str, same: bool
) -> None:
    again = load(write("b.yaml", FILE.replace(old, new)), environ=ENVIRON)
    assert (definition(again) == definition(spec)) is same


def codes(path: Path, *overrides: str) -> list[str]:
    checked = check(path, environ={"MYK": "abcdefghijkl"}, overrides=overrides)
    return [problem.code for problem in checked.problems if problem.severity == "error"]


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("models.m.api_key=${MYK}", []),
        ("models.m={model: openai/gpt-4.1, api_key: '${MYK}'}", []),
        ("models.m.api_key=abcdefghijkl", ["literal-secret"]),
        ("models.m={model: openai/gpt-4.1, api_key: abcdefghijkl}", ["literal-secret"]),
    ],
    ids=["named", "named-within", "literal", "literal-within"],
)
def test_a_setting_names_its_secret(write: Write, setting: str, expected: list[str]) -> None:
    assert codes(write("a.yaml", FILE), setting) == expected


def test_a_later_setting_replaces_those_below_it(write: Write) -> None:
    below, above = "models.m.api_key=abcdefghijkl", "models.m={model: openai/gpt-4.1}"
    assert codes(write("a.yaml", FILE), below, above) == []


def test_the_notes_of_a_file_are_not_in_the_spec(write: Write) -> None:
    text = (
        "agents: {a: {model: openai/gpt-4.1, model_settings: {x-a: 1, reasoning: {x-b: 2, "
        "effort: low}, extra_body: {x-c: 3}, extra_headers: {x-d: '4'}, "
        "retry: {max_retries: 1, backoff: {x-e: 5, jitter: false}}}}}\n"
    )
    assert load(write("a.yaml", text)).agents["a"].settings == {
        "reasoning": {"effort": "low"},
        "extra_body": {"x-c": 3},
        "extra_headers": {"x-d": "4"},
        "retry": {"max_retries": 1, "backoff": {"jitter": False}},
    }


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_errors_cross_to_another_process(write: Write, again: Callable[..., RunError]) -> None:
    error = again(RunError("tool-failed", "it broke", exit=4, hint="mend it"))
    assert (error.code, error.message, error.exit) == ("tool-failed", "it broke", 4)
    assert (error.hint, error.result, str(error)) == ("mend it", None, "it broke")


def test_problems_cross_to_another_process(write: Write) -> None:
    with pytest.raises(SpecError) as caught:
        load(write("a.yaml", "agents: {a: {model: b}}\n"))
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.problems, str(again)) == (caught.value.problems, str(caught.value))


@pytest.mark.parametrize(
    ("name", "strict", "loose"),
    [
        ("api_key", True, True),
        ("clientSecret", True, True),
        ("X-Api-Key", True, True),
        ("PGPASSWORD", True, True),
        ("OPENAI_API_KEY_2", True, True),
        ("X-Team-Key", False, True),
        ("MYKEY", False, True),
        ("max_tokens", False, False),
        ("stop_token_ids", False, False),
        ("eos_token", False, False),
        ("prompt_cache_key", False, False),
    ],
)
def test_the_names_of_secrets(name: str, strict: bool, loose: bool) -> None:
    assert (bears_secret(name), bears_secret(name, loose=True)) == (strict, loose)


@pytest.mark.parametrize(
    ("text", "dummy"),
    [("not-needed", True), ("sk-no-key-required", True), ("xxxx", True), ("hunter2", False)],
)
def test_the_words_for_no_key(text: str, dummy: bool) -> None:
    assert is_dummy(text) is dummy
