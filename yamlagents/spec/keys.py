"""Keys that models need, and how a run fails without one."""

from __future__ import annotations

from yamlagents.events import RunError
from yamlagents.spec.providers import KEY_VARIABLES
from yamlagents.spec.records import AgentSpec, ModelSpec

MODEL_FAILED = 3


def key_variable(model: ModelSpec) -> str | None:
    """Give the variable LiteLLM reads the model's key from; None if it needs none, or has one."""
    return None if model.api_key else KEY_VARIABLES.get(model.provider)


def model_failure(code: str, message: str, agent: AgentSpec, hint: str | None) -> RunError:
    """Give the failure of an agent's model, with the model and the line that names it."""
    place = agent.model.place
    said = f"{agent.model.model} ({place.file}:{place.line}): {message}"
    return RunError(code, said, exit=MODEL_FAILED, hint=hint)


def missing_key(agent: AgentSpec) -> RunError:
    """Give the failure of an agent whose model needs a key that is nowhere set."""
    variable = KEY_VARIABLES.get(agent.model.provider, "the provider's key")
    hint = f"set {variable}, give --api-key, or use --offline"
    return model_failure("missing-key", f"{variable} is not set", agent, hint)
