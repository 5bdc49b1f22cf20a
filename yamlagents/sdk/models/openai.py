"""OpenAI's own two kinds of API behind the SDK's models, guarded as LiteLLM is."""

from __future__ import annotations

import asyncio
import importlib
import os
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager, suppress
from typing import Any
from weakref import WeakKeyDictionary

import openai
from agents import (
    ModelBehaviorError,
    ModelRefusalError,
    ModelResponse,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Usage,
)
from agents.items import TResponseStreamEvent
from agents.models._retry_runtime import (
    provider_managed_retries_disabled,
    should_disable_provider_managed_retries,
)

from yamlagents.sdk.models.guard import (
    CUT,
    EMPTY,
    LENGTH,
    UNREADABLE,
    Watched,
    refuse_bad,
    unreadable,
)
from yamlagents.sdk.models.prices import own_price
from yamlagents.sdk.models.reply import ReplyError
from yamlagents.sdk.nested import Price
from yamlagents.spec.records import ModelSpec

_KEY = "OPENAI_API_KEY"

# By key and address.
_Clients = dict[tuple[str | None, str | None], openai.AsyncOpenAI]

# Of each event loop, its clients: a connection belongs to the loop that it was opened in.
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[_Clients, AsyncGenerator[None, None]]]
_clients = WeakKeyDictionary()


class FailedResponse(ReplyError):
    """A response that the server could not finish; `status_code` is as if HTTP had said so."""

    def __init__(self, code: str, message: str) -> None:
        limited = code.startswith("rate_limit")
        super().__init__("rate-limited" if limited else "provider-error", message)
        self.status_code = 429 if limited else 500


class _Reached:
    """What both kinds have: a client of its event loop, a price, and one layer of retries."""

    speaks_responses = False
    spec: ModelSpec

    def cost(self, usage: Usage) -> Price:
        """Price one request as the file says, or else from LiteLLM's list."""
        if self.spec.pricing is not None:
            return own_price(self.spec.pricing, usage)
        # Imported with the model already: see `models.live`.
        prices = importlib.import_module("yamlagents.sdk.models.litellm")
        price: Price = prices.list_price(self.spec.model, usage)
        return price

    @property
    def _client(self) -> openai.AsyncOpenAI:
        access = (self.spec.api_key or os.environ.get(_KEY), self.spec.base_url)
        clients = _clients_here()
        if access not in clients:
            clients[access] = openai.AsyncOpenAI(api_key=access[0], base_url=access[1])
        return clients[access]

    @_client.setter
    def _client(self, client: object) -> None:
        """Take none: the SDK's models are given their client, and this one makes its own."""


def _clients_here() -> _Clients:
    """Give the clients of the running event loop, which closes them when it ends."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        clients: _Clients = {}
        ending = _until_the_end(clients)
        # A loop closes at its end the generators that have begun in it. This one awaits nothing
        # before it yields, so that it begins at once.
        with suppress(StopIteration):
            ending.__anext__().__await__().__next__()
        _clients[loop] = clients, ending
    return _clients[loop][0]


async def _until_the_end(clients: _Clients) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        _clients.pop(asyncio.get_running_loop(), None)
        for client in clients.values():
            await client.close()


async def close_clients() -> None:
    """Close the clients of the running event loop."""
    _, ending = _clients.get(asyncio.get_running_loop(), (None, None))
    if ending is not None:
        await ending.aclose()


@contextmanager
def _one_layer(settings: Any) -> Iterator[None]:
    """Turn the client's own retries off where the file gives `retry`: two layers multiply."""
    off = settings.retry is not None or should_disable_provider_managed_retries()
    with provider_managed_retries_disabled(off):
        yield


class GuardedChat(_Reached, OpenAIChatCompletionsModel):
    """The SDK's model of Chat Completions, with nothing swallowed."""

    def __init__(self, spec: ModelSpec) -> None:
        self.spec = spec
        super().__init__(_bare(spec), None)  # type: ignore[arg-type]  # the client is made later

    async def _fetch_response(self, *args: Any, **kwargs: Any) -> Any:
        # Private, as that of LitellmModel; tests/test_openai_models.py fails when it moves.
        try:
            with _one_layer(args[2]):
                reply: Any = await super()._fetch_response(*args, **kwargs)
        except UNREADABLE as error:
            raise unreadable(error) from error
        if isinstance(reply, tuple):
            response, chunks = reply
            return response, Watched(chunks)
        refuse_bad(reply)
        return reply


class GuardedResponses(_Reached, OpenAIResponsesModel):
    """The SDK's model of the Responses API, with nothing swallowed."""

    speaks_responses = True

    def __init__(self, spec: ModelSpec) -> None:
        self.spec = spec
        super().__init__(_bare(spec), None)  # type: ignore[arg-type]  # the client is made later

    async def get_response(self, *args: Any, **options: Any) -> ModelResponse:
        """Ask for a whole reply. Raises `ReplyError` for one that is none."""
        reply = await super().get_response(*args, **options)
        _refuse_empty(reply.output)
        return reply

    async def stream_response(
        self, *args: Any, **options: Any
    ) -> AsyncIterator[TResponseStreamEvent]:
        """Ask for a stream. Raises `ReplyError` at its end if it was no reply."""
        ended = False
        try:
            stream: Any = super().stream_response(*args, **options)
            async with aclosing(stream) as events:
                async for event in events:
                    if event.type in _FAILED:
                        # Told before the SDK does, which says less.
                        raise _failure(event)
                    if event.type == "response.completed":
                        ended = True
                        _refuse_empty(event.response.output)
                    yield event
        except UNREADABLE as error:
            raise unreadable(error) from error
        if not ended:
            raise ReplyError("cut-stream", CUT)

    async def _fetch_response(self, *args: Any, **kwargs: Any) -> Any:
        # Private, and the one place where a response that failed can be seen.
        with _one_layer(args[2]):
            try:
                return await super()._fetch_response(*args, **kwargs)
            except ModelBehaviorError as error:
                raise _read_failure(str(error)) from error
            except UNREADABLE as error:
                raise unreadable(error) from error


_FAILED = ("response.failed", "response.incomplete", "error", "response.error")
# How the SDK words the same of a whole reply, which it does not give.
_DETAIL = re.compile(r"(?P<key>code|message|reason)=(?P<quote>['\"])(?P<value>.*?)(?P=quote)")


def _failure(event: Any) -> Exception:
    """Give the failure that an event of a stream tells."""
    response = getattr(event, "response", None)
    if response is None:
        return _told({"code": event.code or "", "message": event.message or ""})
    details, error = response.incomplete_details, response.error
    return _told(
        {
            "reason": (details.reason if details is not None else None) or "",
            "code": error.code if error is not None else "",
            "message": error.message if error is not None else "",
        }
    )


def _read_failure(text: str) -> Exception:
    return _told({match["key"]: match["value"] for match in _DETAIL.finditer(text)})


def _told(details: Mapping[str, str]) -> Exception:
    reason = details.get("reason")
    if reason == "max_output_tokens":
        return ReplyError("cut-reply", LENGTH)
    if reason == "content_filter":
        return ModelRefusalError("the content filter stopped the reply")
    message = details.get("message") or reason or "it does not say why"
    return FailedResponse(details.get("code", ""), f"the server failed: {message}")


def _refuse_empty(output: Sequence[Any]) -> None:
    """Raise `ReplyError` for a reply that neither says nor does anything."""
    for item in output:
        if item.type == "message":
            if any(getattr(part, "text", None) or part.type == "refusal" for part in item.content):
                return
        elif item.type != "reasoning":
            return
    raise ReplyError("empty-reply", EMPTY)


def _bare(spec: ModelSpec) -> str:
    return spec.model.removeprefix("openai/")
