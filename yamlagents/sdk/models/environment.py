"""Switches that LiteLLM reads when it is imported: no network, no `.env`, nothing on stdout."""

from __future__ import annotations

import os
import warnings

# What a user has set stands. Without these, importing LiteLLM fetches a price list and a header
# file over the network, loads `.env` files of the folders above, and logs warnings.
_SWITCHES = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_LOG": "ERROR",
}


def quiet_litellm() -> None:
    """Set the switches; to be called before LiteLLM is first imported."""
    for name, value in _SWITCHES.items():
        os.environ.setdefault(name, value)
    # LiteLLM 1.109 builds types that give cause for this, some of them at the first request.
    warnings.filterwarnings("ignore", r"Items? .* on TypedDict class", UserWarning)
