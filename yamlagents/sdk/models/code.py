"""Models, and providers of LiteLLM, that the project's own code makes."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from agents import Model, Usage

from yamlagents.sdk import code
from yamlagents.sdk.models.prices import own_price
from yamlagents.sdk.models.wrapped import WrappedModel
from yamlagents.sdk.nested import Price
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.records import ModelSpec


class NamedModel(WrappedModel):
    """A model under the name, and with the prices, that its file gives it."""

    def __init__(self, inner: Model, spec: ModelSpec) -> None:
        super().__init__(inner)
        self.model = spec.model
        self._pricing = spec.pricing

    def cost(self, usage: Usage) -> Price:
        """Price a request as the file says, or else as the model itself does."""
        if self._pricing is not None:
            return own_price(self._pricing, usage)
        return super().cost(usage)


def made_model(spec: ModelSpec) -> Model:
    """Make the model of a spec that has `code`. Raises `SpecError` at its place."""
    assert spec.code is not None, "only a model of code is made"
    root = spec.root or Path.cwd()
    found = code.made(spec.code, root)
    if spec.code.arguments is None and not isinstance(found, Model) and callable(found):
        found = code.made(CodeSpec(spec.code.point, {}), root)
    if isinstance(found, Model):
        return NamedModel(found, spec)
    if inspect.iscoroutine(found):
        found.close()
    raise _wrong_kind(spec.code, found, "an object of the SDK's Model")


# Which code stands behind a provider that LiteLLM knows by now. It knows each for as long as the
# process runs, so that files with different providers of one name have to share.
_registered: dict[str, tuple[CodeSpec, Path]] = {}


def registered(spec: ModelSpec, litellm: Any) -> str:
    """Make the provider of a spec's model known to LiteLLM, and give the model's string there.

    Raises `SpecError` at the provider's place for what is no provider.
    """
    assert spec.handler is not None, "only a file's own provider is made known"
    provider, root = spec.handler, spec.root or Path.cwd()
    name, key = provider.name, (provider.code, root)
    number = 1
    while name in _registered and _registered[name] != key:
        number += 1
        name = f"{provider.name}_{number}"
    if name not in _registered:
        handler = _handler(provider.code, root, litellm)
        if name in litellm.provider_list:
            message = f"'{name}' is a provider of LiteLLM's own"
            problem = Problem(provider.code.place, "error", "duplicate-name", message)
            raise SpecError([problem])
        litellm.custom_provider_map.append({"provider": name, "custom_handler": handler})
        _registered[name] = key
    return f"{name}/{spec.model.partition('/')[2]}"


def _handler(spec: CodeSpec, root: Path, litellm: Any) -> Any:
    found = code.instance(spec, root)
    if not isinstance(found, litellm.CustomLLM):
        raise _wrong_kind(spec, found, "an object of litellm.CustomLLM")
    for name in ("acompletion", "astreaming"):
        if getattr(type(found), name) is getattr(litellm.CustomLLM, name):
            message = f"'{spec.point.text}' has no '{name}', which runs call"
            hint = f"define async def {name}(self, **kwargs)"
            raise SpecError([Problem(spec.place, "error", "bad-provider", message, hint)])
    return found


def _wrong_kind(spec: CodeSpec, found: object, wanted: str) -> SpecError:
    message = f"'{spec.point.text}' gives a {type(found).__name__}, not {wanted}"
    return SpecError([Problem(spec.place, "error", "wrong-kind", message)])
