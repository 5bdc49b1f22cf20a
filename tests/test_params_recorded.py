"""Recording and replay under params and overlays: what is kept, and what a miss says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli, Result
from tests.openai_server import OpenAIServer, answer
from tests.recorded_project import cassettes

Write = Callable[[str, str], Path]
Record = Callable[..., Result]

FILE = """\
params:
  city: {type: string, default: Tokyo}
  tone: {enum: [formal, casual], default: formal}
  heat: {type: number, default: 0.2}
  style: {type: file, default: style.md}
  about: {default: Get the weather.}
  access_token: {type: string}
agents:
  weather:
    instructions: |
      You know ${params.city}.
      Be ${params.tone}.
      ${params.style}
      Say ${params.access_token} to nobody.
    model: openai/gpt-4.1
    model_settings:
      temperature: ${params.heat}
    tools:
      - function: ./tools.py:get_weather
        description_override: ${params.about}
overlays:
  loud:
    agents:
      weather:
        instructions: Shout at ${params.city}.
        model_settings: {temperature: 1}
  small: {agents: {weather: {model: openai/gpt-4.1-mini}}}
tests:
  - name: given
    input: What's the weather in ${params.city}?
    expect: [{tool_called: get_weather, arguments: {city: "${params.city}"}}]
  - name: own
    params: {city: Oslo, tone: casual, style: rude.md}
    input: What's the weather in ${params.city}?
    expect: [{contains: Oslo}]
"""
TOOLS = '''\
def get_weather(city: str) -> str:
    """Get the weather in a city."""
    return f"Sunny in {city}."
'''
SECRET = "very-secret-value"
TOKEN = ("--param", f"access_token={SECRET}")


@pytest.fixture
def folder(write: Write) -> Path:
    write("tools.py", TOOLS)
    write("style.md", "Be polite.\n")
    write("rude.md", "Be rude.\n")
    return write("team.yaml", FILE).parent


@pytest.fixture
def tested(cli: Cli, folder: Path, server: OpenAIServer) -> Record:
    server.behave(answer)
    env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test-key-0123456789"}

    def run(*argv: str) -> Result:
        return cli("test", "team.yaml", *argv, cwd=folder, env=env)

    return run


def replayed(cli: Cli, folder: Path, *argv: str) -> Result:
    """Replay without server and key."""
    return cli("test", "team.yaml", *argv, cwd=folder)


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
@pytest.mark.parametrize(
    "chosen",
    [
        (),
        ("--param", "city=Rome", "--param", "tone=casual", "--param", "heat=0.7"),
        ("--param", "style=rude.md", "--param", "about=Look out."),
        ("--overlay", "loud", "--overlay", "small", "--param", "city=Rome"),
    ],
    ids=["defaults", "values", "files", "overlays"],
)
def test_what_is_recorded_replays_under_the_same(
    cli: Cli, tested: Record, folder: Path, stream: str, chosen: tuple[str, ...]
) -> None:
    assert tested("--record", stream, *TOKEN, *chosen).code == 0
    before = cassettes(folder)
    for how in ("--stream", "--no-stream"):
        result = replayed(cli, folder, how, *TOKEN, *chosen)
        assert result.code == 0, result.stdout
    assert cassettes(folder) == before


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (
            ("--param", "city=Rome"),
            "instructions of `weather` changed at team.yaml:10\n"
            "               -You know Tokyo.\n               +You know Rome.",
        ),
        (("--param", "tone=casual"), "               +Be casual."),
        (("--param", "style=rude.md"), "               -Be polite.\n               +Be rude."),
        (
            ("--param", "heat=0.7"),
            "temperature of `weather` changed from 0.2 to 0.7 at team.yaml:17",
        ),
        (("--param", "about=Look."), "description of tool get_weather changed at team.yaml:19"),
        (("--overlay", "loud"), "instructions of `weather` changed at team.yaml:25"),
        (("--overlay", "loud"), "temperature of `weather` changed from 0.2 to 1.0 at team.yaml:26"),
        (
            ("--overlay", "small"),
            "model of `weather` changed from openai/gpt-4.1 to openai/gpt-4.1-mini at team.yaml:27",
        ),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else None,
)
def test_a_miss_names_what_another_choice_changes(
    cli: Cli, tested: Record, folder: Path, chosen: tuple[str, ...], said: str
) -> None:
    assert tested("--record", *TOKEN).code == 0
    result = replayed(cli, folder, "-k", "given", *TOKEN, *chosen)
    assert (result.code, said in result.stdout) == (8, True), result.stdout
    again = f'-k "given" --param access_token=... {" ".join(chosen)} --record'
    assert f"record it anew: yamlagents test team.yaml {again}" in result.stdout


def test_a_test_with_params_of_its_own_hangs_on_no_others(
    cli: Cli, tested: Record, folder: Path
) -> None:
    assert tested("--record", *TOKEN).code == 0
    others = ("--param", "city=Rome", "--param", "tone=formal")
    assert replayed(cli, folder, "-k", "own", *TOKEN, *others).code == 0
    (folder / "team.yaml").write_text(FILE.replace("city: Oslo", "city: Bonn"))
    result = replayed(cli, folder, "-k", "own", *TOKEN)
    assert (result.code, "+You know Bonn." in result.stdout) == (8, True)


def test_a_secret_param_is_in_no_cassette_and_no_report(
    cli: Cli, tested: Record, folder: Path
) -> None:
    # The server says what it is asked for, and so does the tool.
    asked = FILE.replace("weather in ${params.city}?", "weather in ${params.access_token}?")
    (folder / "team.yaml").write_text(asked)
    recorded = tested("--record", "-k", "own", *TOKEN)
    found = cassettes(folder)
    assert list(found) == ["own.yaml"], recorded.stdout
    assert SECRET not in found["own.yaml"] + recorded.stdout + recorded.stderr
    assert "Say <redacted> to nobody." in found["own.yaml"]


def test_a_replay_hits_with_another_secret(cli: Cli, tested: Record, folder: Path) -> None:
    assert tested("--record", *TOKEN).code == 0
    assert replayed(cli, folder, "--param", "access_token=another-secret").code == 0


def test_a_secret_that_does_not_fit_is_not_shown(cli: Cli, folder: Path) -> None:
    file = folder / "team.yaml"
    file.write_text(FILE.replace("access_token: {type: string}", "access_token: {type: integer}"))
    result = cli("validate", file, *TOKEN)
    assert "the param 'access_token' must be a whole number, not this" in result.stdout
    assert SECRET not in result.stdout + result.stderr
