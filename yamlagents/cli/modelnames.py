"""Models as options name them."""

from __future__ import annotations

from yamlagents.spec.models.providers import OFFLINE, OFFLINE_POLICIES


def model_name(text: str) -> str:
    """Give the LiteLLM string of a model. Raises ValueError with what is wrong with it."""
    provider, slash, policy = text.removeprefix("litellm/").partition("/")
    if provider == OFFLINE and not slash:
        raise ValueError(f"'{text}' names no policy; write {OFFLINE}/{OFFLINE_POLICIES[0]}")
    if not slash:
        raise ValueError(f"'{text}' names no provider; write openai/{text}")
    if not (provider.strip() and policy.strip()):
        raise ValueError(f"'{text}' is no model; write PROVIDER/MODEL, such as openai/gpt-4.1")
    if provider == OFFLINE and policy not in OFFLINE_POLICIES:
        choices = " or ".join(f"{OFFLINE}/{known}" for known in OFFLINE_POLICIES)
        raise ValueError(f"there is no offline model '{text}'; write {choices}")
    return f"{provider}/{policy}"
