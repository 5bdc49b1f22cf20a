"""Who answers where a file says so for all its models, and whether their prices are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agents import Agent, Model, ModelProvider, Usage

from yamlagents.sdk import code
from yamlagents.sdk.models.choice import Models, by_name
from yamlagents.sdk.models.prices import price_of
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.models.providers import stands_in
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.records import ModelSpec, Spec


def provider_of(spec: Spec) -> ModelProvider | None:
    """Give the provider that the files of `spec` name, if they name one.

    Raises `SpecError` if it cannot be made.
    """
    named = spec.run.model_provider
    if named is None:
        return None
    found = code.instance(named, spec.root)
    if isinstance(found, ModelProvider):
        return found
    message = f"'{named.point.text}' is no object of a subclass of the SDK's ModelProvider"
    raise SpecError([Problem(named.place, "error", "wrong-kind", message)])


def models_of(spec: Spec, provider: ModelProvider | None) -> Models:
    """Give who answers for the models of `spec`: its own provider, if it names one."""
    named = spec.run.model_provider
    return by_name if named is None or provider is None else _asking(named, provider)


def _asking(named: CodeSpec, provider: ModelProvider) -> Models:
    def model(spec: ModelSpec) -> Model:
        if stands_in(spec.model):
            return by_name(spec)
        try:
            return provider.get_model(spec.model)
        # It is the user's code, which may raise whatever it likes.
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            message = f"'{named.point.text}' gave no model for '{spec.model}': {text}"
            raise SpecError([Problem(named.place, "error", "call-failed", message)]) from error

    return model


def unpriced(spec: Spec, agents: Mapping[str, Agent[Any]]) -> Iterator[Problem]:
    """Give a problem for each model without a known price that a budget in USD would have to count.

    Models that are only made once they are asked are left out.
    """
    limit = spec.run.budget.get("usd")
    for key in sorted(spec.reachable & agents.keys()) if limit is not None else ():
        model: Any = agents[key].model
        if stands_in(str(getattr(model, "model", ""))) or not getattr(model, "is_made", True):
            continue
        asked = Usage(requests=1, input_tokens=1, output_tokens=1, total_tokens=2)
        usd, reason = price_of(model, asked)
        if usd is None and limit is not None:
            message = f"a budget in USD cannot be kept: {reason}, which answers for '{key}'"
            hint = "give the model its pricing, or limit tokens instead"
            yield Problem(limit.place, "error", "unknown-price", message, hint)
