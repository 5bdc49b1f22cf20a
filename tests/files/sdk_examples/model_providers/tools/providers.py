"""Models that the project's own code makes."""

from __future__ import annotations

import os
from importlib import import_module

import httpx
from agents import Model, ModelProvider, MultiProvider, OpenAIChatCompletionsModel
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

__all__ = ["MultiProvider", "OwnProvider", "any_llm"]


class OwnProvider(ModelProvider):
    """Makes models that an OpenAI-compatible server answers for."""

    def get_model(self, model_name: str | None) -> Model:
        address = os.environ.get("EXAMPLE_BASE_URL", "http://localhost:8080/v1")
        client = AsyncOpenAI(
            base_url=address,
            api_key=os.environ.get("EXAMPLE_API_KEY", "none"),
            # A connection that is kept would be one to close.
            http_client=DefaultAsyncHttpxClient(limits=httpx.Limits(max_keepalive_connections=0)),
        )
        return OpenAIChatCompletionsModel(model=model_name or "small", openai_client=client)


def any_llm(name: str) -> Model:
    """Make a model of the package `any-llm-sdk`, which is imported only here."""
    made = import_module("agents.extensions.models.any_llm_model").AnyLLMModel
    return made(model=name, api_key=os.environ.get("OPENROUTER_API_KEY", "none"))
