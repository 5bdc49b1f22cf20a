"""What is relied on inside LiteLLM and the SDK's model for it: a canary for new versions."""

import ast
import asyncio
import inspect
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import litellm
import pytest
from agents import Usage
from agents.extensions.models.litellm_model import LitellmModel
from openai.types.responses.response_usage import InputTokensDetails

from tests.conftest import ROOT
from yamlagents.sdk.models.litellm import GuardedModel
from yamlagents.sdk.models.reply import ReplyError
from yamlagents.spec.models.backends import COLLISIONS, REPLACED
from yamlagents.spec.models.providers import KEY_VARIABLES, KEYLESS


def test_the_private_method_has_the_parameters_that_are_passed_on() -> None:
    parameters = list(inspect.signature(LitellmModel._fetch_response).parameters)
    assert parameters[:4] == ["self", "system_instructions", "input", "model_settings"]
    assert parameters[-2:] == ["stream", "prompt"]
    source = inspect.getsource(LitellmModel.get_response)
    source += inspect.getsource(LitellmModel.stream_response)
    assert source.count("await self._fetch_response(") == 2


def fetching() -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(LitellmModel._fetch_response)))


def test_collisions_are_the_arguments_that_the_sdk_gives() -> None:
    calls = [node for node in ast.walk(fetching()) if isinstance(node, ast.Call)]
    [call] = [call for call in calls if ast.unparse(call.func) == "litellm.acompletion"]
    given = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    # The SDK itself takes reasoning_effort out of extra_args.
    assert given == {*COLLISIONS, "reasoning_effort"}


def test_what_extra_args_replace_are_the_settings_that_the_sdk_puts_beside_them() -> None:
    targets = [node.targets[0] for node in ast.walk(fetching()) if isinstance(node, ast.Assign)]
    beside = {
        ast.literal_eval(target.slice)
        for target in targets
        if isinstance(target, ast.Subscript) and ast.unparse(target.value) == "extra_kwargs"
    }
    assert beside - {"num_retries", "max_retries", "logprobs"} == set(REPLACED)


def test_a_stream_keeps_the_reason_that_the_provider_sent() -> None:
    assert "received_finish_reason" in inspect.getsource(litellm.CustomStreamWrapper)


class Chunks:
    """A stream as LiteLLM gives it."""

    def __init__(self, *deltas: dict[str, Any], received: str | None) -> None:
        self.received_finish_reason = received
        self.deltas = deltas
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[Any]:
        for delta in self.deltas:
            yield SimpleNamespace(
                choices=[SimpleNamespace(delta=SimpleNamespace(**delta), finish_reason=None)]
            )

    async def aclose(self) -> None:
        self.closed = True


class Answering(LitellmModel):
    """The SDK's model with its private method replaced."""

    reply: Any = None

    async def _fetch_response(self, *args: Any, **kwargs: Any) -> Any:
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


class Guarded(GuardedModel, Answering):
    """The guard over a reply that is given."""


def fetch(reply: Any) -> Any:
    model = Guarded("openai/gpt-4.1")
    model.reply = reply
    return asyncio.run(model._fetch_response())


def drain(chunks: Chunks) -> list[Any]:
    async def all_of() -> list[Any]:
        model = Guarded("openai/gpt-4.1")
        model.reply = (None, chunks)
        _, stream = await model._fetch_response()
        found = [chunk async for chunk in stream]
        await stream.aclose()
        return found

    return asyncio.run(all_of())


@pytest.mark.parametrize(
    ("deltas", "received", "code"),
    [
        pytest.param([{"content": "half"}], None, "cut-stream", id="cut"),
        pytest.param([{"content": "half"}], "length", "cut-reply", id="length"),
        pytest.param([{"content": ""}], "stop", "empty-reply", id="empty"),
        pytest.param([], "stop", "empty-reply", id="nothing"),
        pytest.param([], None, "cut-stream", id="no-chunks"),
    ],
)
def test_a_bad_stream_is_refused(
    deltas: list[dict[str, Any]], received: str | None, code: str
) -> None:
    with pytest.raises(ReplyError) as caught:
        drain(Chunks(*deltas, received=received))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("delta", "received"),
    [
        pytest.param({"content": "text"}, "stop", id="text"),
        pytest.param({"tool_calls": [1]}, "tool_calls", id="tool"),
        pytest.param({"content": None}, "content_filter", id="filtered"),
        pytest.param({"provider_specific_fields": {"refusal": "no"}}, "stop", id="refusal"),
    ],
)
def test_a_good_stream_passes_and_is_closed(delta: dict[str, Any], received: str) -> None:
    chunks = Chunks(delta, received=received)
    assert len(drain(chunks)) == 1
    assert chunks.closed


def whole(finish: str, **message: Any) -> SimpleNamespace:
    choice = SimpleNamespace(finish_reason=finish, message=SimpleNamespace(**message))
    return SimpleNamespace(choices=[choice])


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        pytest.param(SimpleNamespace(choices=[]), "empty-reply", id="no-choice"),
        pytest.param(whole("stop", content=""), "empty-reply", id="empty"),
        pytest.param(whole("length", content="half"), "cut-reply", id="length"),
        pytest.param(KeyError("choices"), "unreadable-reply", id="unreadable"),
    ],
)
def test_a_bad_reply_is_refused(reply: Any, code: str) -> None:
    with pytest.raises(ReplyError) as caught:
        fetch(reply)
    assert caught.value.code == code


def test_a_good_reply_passes() -> None:
    reply = whole("stop", content="text")
    assert fetch(reply) is reply


def test_every_provider_is_known_to_litellm() -> None:
    known = {str(getattr(provider, "value", provider)) for provider in litellm.provider_list}
    assert {*KEY_VARIABLES, *KEYLESS} - known == set()


def usage(fresh: int, cached: int, output: int) -> Usage:
    details = InputTokensDetails(cached_tokens=cached, cache_write_tokens=0)
    total = fresh + cached + output
    return Usage(1, fresh + cached, details, output, total_tokens=total)


@pytest.mark.parametrize(
    ("model", "fresh", "cached", "output", "millionths"),
    [
        # USD for a million tokens: gpt-4.1 takes 2 in, 0.5 from its cache, 8 out.
        pytest.param("openai/gpt-4.1", 8, 0, 7, 8 * 2 + 7 * 8, id="openai"),
        pytest.param("openai/gpt-4.1", 8, 3, 7, 8 * 2 + 3 * 0.5 + 7 * 8, id="cached"),
        # Claude Haiku 4.5 takes 1 in, 0.1 from its cache, 5 out.
        pytest.param("anthropic/claude-haiku-4-5", 8, 3, 7, 8 + 3 * 0.1 + 7 * 5, id="anthropic"),
    ],
)
def test_the_cost_of_a_request(
    model: str, fresh: int, cached: int, output: int, millionths: float
) -> None:
    usd, reason = GuardedModel(model).cost(usage(fresh, cached, output))
    assert usd == pytest.approx(millionths / 1_000_000)
    assert reason is None


def test_a_cost_that_is_not_known() -> None:
    assert GuardedModel("acme/one").cost(usage(1, 0, 1)) == (None, "no price is known for acme/one")
    nothing = GuardedModel("openai/gpt-4.1").cost(usage(0, 0, 0))
    assert nothing == (None, "the provider reported no usage")


FRESH = """
import json, os, sys
asked = []
sys.addaudithook(lambda event, args: asked.append(args) if event == "socket.getaddrinfo" else None)
from yamlagents import live
from yamlagents.spec.problem import Place, Source
from yamlagents.spec.records import ModelSpec
model = live(ModelSpec("openai/gpt-4.1", Place(Source("a", ""), 1, 1, 1, 1)))
print(json.dumps([type(model).__name__, asked, os.environ.get("FROM_DOT_ENV")]), file=sys.stderr)
"""


def test_importing_litellm_is_quiet(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FROM_DOT_ENV=loaded\n")
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", FRESH]
    done = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
    # One line: no address looked up, no variable of the file, no advice from LiteLLM.
    assert json.loads(done.stderr) == ["GuardedModel", [], None]
