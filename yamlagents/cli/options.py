"""What `run` and `chat` are told: which file, which model, which key."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from dotenv.parser import Binding, parse_stream

from yamlagents.cli import boundary, terminal
from yamlagents.cli.budgets import limits_of
from yamlagents.cli.modelnames import model_name
from yamlagents.cli.places import agent_file, complete_name, folder_option
from yamlagents.cli.reuse import ALLOW, OVERLAY, PARAM, SETTING
from yamlagents.spec.loader import load
from yamlagents.spec.models.keys import key_variable, lacks_key, missing_key
from yamlagents.spec.problem import Place, Source, suggestion
from yamlagents.spec.records import Spec
from yamlagents.spec.sessions.records import named


@dataclass(frozen=True)
class RunOptions:
    """The options that say what is run and who answers."""

    file: str
    folder: Path
    agent: str | None
    model: str | None
    api_key: str | None
    base_url: str | None
    offline: bool
    max_turns: int | None
    budget: tuple[str, ...]
    env_file: Path | None
    overrides: tuple[str, ...]
    params: Mapping[str, str]
    overlays: tuple[str, ...]
    session: str | None
    allow: tuple[str, ...]
    verbose: bool
    quiet: bool


ENV_FILE = click.option(
    "--env-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read variables from a file; those already set stand.",
)
_OPTIONS: tuple[Callable[..., Any], ...] = (
    click.argument("file", metavar="FILE|NAME", shell_complete=complete_name),
    folder_option,
    click.option("--agent", metavar="KEY", help="Start with this agent instead of the entry."),
    click.option("--model", metavar="MODEL", help="Use this LiteLLM model for every agent."),
    click.option("--api-key", metavar="KEY", help="Key for the model; better is its variable."),
    click.option("--base-url", metavar="URL", help="Address of the model's endpoint."),
    click.option("--offline", is_flag=True, help="Answer by offline/match: no key, no network."),
    click.option("--max-turns", type=click.IntRange(min=1), help="Stop after this many turns."),
    click.option(
        "--budget",
        multiple=True,
        metavar="KEY=VALUE",
        help="Limit what a run spends, such as usd=0.05; repeatable.",
    ),
    ENV_FILE,
    SETTING,
    PARAM,
    OVERLAY,
    click.option("--session", metavar="NAME", help="Go on with this conversation, and keep it."),
    ALLOW,
    click.option("-v", "--verbose", is_flag=True, help="Tell more: agents, replies, tokens."),
    click.option("-q", "--quiet", is_flag=True, help="Tell nothing but the answer and errors."),
)


def run_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of `RunOptions` to a command."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def options_of(values: dict[str, Any]) -> tuple[RunOptions, dict[str, Any]]:
    """Part a command's values into the shared options and its own."""
    shared = {key: values.pop(key) for key in RunOptions.__dataclass_fields__}
    return RunOptions(**shared), values


def load_spec(options: RunOptions) -> Spec:
    """Load the spec that the options ask for. Raises `SpecError` or `UsageError`."""
    read_environment(options.env_file)
    spec = load(
        agent_file(options.file, options.folder),
        allow=options.allow,
        overrides=options.overrides,
        params=options.params,
        overlays=options.overlays,
    )
    if not options.quiet:
        # What is only a note has been told where it matters, or does not matter here.
        boundary.say_problems(p for p in spec.problems if p.severity == "warning")
    return _with_model(_with_run(spec, options), options)


def read_environment(path: Path | None) -> None:
    """Add the variables of a file to the environment, where LiteLLM looks for keys as well."""
    if path is None:
        return
    text = io.StringIO(read_text(path, "--env-file"))
    variables = dict(_variable(binding, path) for binding in parse_stream(text) if _says(binding))
    for name, value in variables.items():
        os.environ.setdefault(name, value)


def _says(binding: Binding) -> bool:
    return binding.error or binding.key is not None


def _variable(binding: Binding, path: Path) -> tuple[str, str]:
    key, value, original = binding.key, binding.value, binding.original
    if key is None or value is None or "=" in key or "\0" in original.string:
        blank = original.string[: -len(original.string.lstrip())]
        place = f"{path}:{original.line + blank.count(chr(10))}"
        raise click.BadParameter(f"{place}: this is not NAME=VALUE", param_hint="--env-file")
    return key, value


def read_text(path: Path, option: str) -> str:
    """Read the file that an option names. Raises `click.BadParameter` if it is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        message = f"'{path}' cannot be read: {reason.lower()}"
        raise click.BadParameter(message, param_hint=option) from error


def _with_run(spec: Spec, options: RunOptions) -> Spec:
    if options.agent is not None:
        if options.agent not in spec.agents:
            known = ", ".join(list(spec.agents)[:10])
            near = suggestion(options.agent, spec.agents) or f"; the agents are {known}"
            message = f"there is no agent '{options.agent}'{near}"
            raise click.BadParameter(message, param_hint="--agent")
        spec = spec.with_entry(options.agent)
    if options.max_turns is not None:
        spec = replace(spec, run=replace(spec.run, max_turns=options.max_turns))
    if options.session is not None:
        spec = _with_session(spec, options.session)
    if options.budget:
        limits = {**spec.run.budget, **limits_of(options.budget)}
        spec = replace(spec, run=replace(spec.run, budget=limits))
    return spec


def _with_session(spec: Spec, name: str) -> Spec:
    if spec.workflow is not None:
        message = "a workflow goes on with no session; name an agent with --agent"
        raise click.BadParameter(message, param_hint="--session")
    try:
        session = named(spec.run.session, name, spec.root)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--session") from error
    return replace(spec, run=replace(spec.run, session=session))


def _with_model(spec: Spec, options: RunOptions) -> Spec:
    if options.model is not None:
        try:
            name = model_name(options.model)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--model") from error
        place = Place(Source("--model", options.model), 1, 1, 1, len(options.model) + 1)
        # Another provider's model is not reached with the key and address of the declared one.
        spec = spec.with_models(model=name, place=place, name=None, api_key=None, base_url=None)
    if options.base_url is not None:
        if not options.base_url.startswith(("http://", "https://")):
            message = f"'{options.base_url}' does not start with http:// or https://"
            raise click.BadParameter(message, param_hint="--base-url")
        spec = spec.with_models(base_url=options.base_url)
    if options.api_key is not None:
        spec = spec.with_models(api_key=options.api_key)
    return spec


def ask_keys(spec: Spec, options: RunOptions) -> None:
    """Ask for a missing key on a terminal; elsewhere raise `RunError`, before the SDK loads."""
    if options.offline or spec.run.model_provider is not None:
        return
    for key, agent in spec.agents.items():
        if not lacks_key(agent, os.environ) or key not in spec.reachable:
            continue
        variable = key_variable(agent.model)
        if not terminal.is_terminal(sys.stdin):
            raise missing_key(agent)
        os.environ[variable] = click.prompt(
            f"{variable} for {agent.model.model}", hide_input=True, err=True
        )
