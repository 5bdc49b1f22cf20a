"""Stands in for the package `any-llm-sdk`: every provider is the server of EXAMPLE_BASE_URL."""

from __future__ import annotations

import os
from typing import Any

from openai import AsyncOpenAI


class AnyLLM:
    """A provider, as far as the SDK's `AnyLLMModel` talks to one."""

    SUPPORTS_RESPONSES = False

    def __init__(self, key: str | None) -> None:
        address = os.environ["EXAMPLE_BASE_URL"]
        self.client = AsyncOpenAI(base_url=address, api_key=key or "none")

    @classmethod
    def create(cls, name: str, api_key: str | None = None, api_base: str | None = None) -> AnyLLM:
        return cls(api_key)

    async def acompletion(self, **given: Any) -> Any:
        known = {key: value for key, value in given.items() if value is not None}
        return await self.client.chat.completions.create(**known)
