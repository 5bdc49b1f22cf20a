"""Keys that models need, and how a run fails without one."""

from __future__ import annotations

from collections.abc import Mapping

from yamlagents.result import RunError
from yamlagents.spec.models.providers import KEY_VARIABLES
from yamlagents.spec.records import AgentSpec, ModelSpec
from yamlagents.spec.secrets.words import bears_secret

MODEL_FAILED = 3


# Where credentials can come from besides `api_key` and the provider's variables.
_OTHER_WAYS = ("extra_headers", "extra_args")


def lacks_key(agent: AgentSpec, environ: Mapping[str, str]) -> bool:
    """Tell whether the agent's model needs a key, and none is given or set anywhere."""
    variables = KEY_VARIABLES.get(agent.model.provider)
    if variables is None or agent.model.api_key:
        return False
    given = [name for part in _OTHER_WAYS for name in agent.settings.get(part) or ()]
    if any(bears_secret(name, loose=True) for name in given):
        return False
    return not any(environ.get(name) for name in variables)


def key_variable(model: ModelSpec) -> str:
    """Give the variable to name for the model's key."""
    return KEY_VARIABLES.get(model.provider, ("the provider's key",))[0]


def model_failure(code: str, message: str, agent: AgentSpec, hint: str | None) -> RunError:
    """Give the failure of an agent's model, with the model and the line that names it."""
    return RunError(code, f"{said_of(agent.model)}{message}", exit=MODEL_FAILED, hint=hint)


def said_of(model: ModelSpec) -> str:
    """Give what begins a message about a model: its name and the line that names it."""
    return f"{model.model} ({model.place.file}:{model.place.line}): "


def missing_key(agent: AgentSpec) -> RunError:
    """Give the failure of an agent whose model needs a key that is nowhere set."""
    variable = key_variable(agent.model)
    hint = f"set {variable}, give --api-key, or use --offline"
    return model_failure("missing-key", f"{variable} is not set", agent, hint)
