"""From checked documents to the frozen spec. Whatever was wrong has been told before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from yamlagents.spec.additions import KEY as ADDITIONS
from yamlagents.spec.additions import additions_of
from yamlagents.spec.agentnames import display_name
from yamlagents.spec.cases.build import cases_of
from yamlagents.spec.code import coderefs
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.mcp.build import config_of, names_of, servers_of
from yamlagents.spec.models.build import known, mapping, model_of, providers_of, settings
from yamlagents.spec.problem import Problem
from yamlagents.spec.prompts import instructions_in
from yamlagents.spec.records import AgentSpec, ModelSpec, Spec
from yamlagents.spec.reuse.chosen import Chosen
from yamlagents.spec.run.build import run_of
from yamlagents.spec.sandbox.build import sandbox_of
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.tools.build import guardrail_of, handoff_of, output_of, tools_of
from yamlagents.spec.workflow.build import workflow_of


def build(path: Path, scope: Scope, problems: tuple[Problem, ...], chosen: Chosen) -> Spec:
    """Make the spec of the file at `path` from a scope that has no errors."""
    agents = {name: _agent(name, scope) for name in scope.agents}
    entry = scope.setting("entry")
    return Spec(
        file=path,
        root=scope.project.root,
        agents=MappingProxyType(agents),
        entry=entry.value if known(entry) else next(iter(agents)),
        run=run_of(scope),
        workflow=workflow_of(scope),
        tests=cases_of(scope),
        params=MappingProxyType(dict(scope.values.values)),
        problems=problems,
        providers=providers_of(scope),
        mcp_servers=servers_of(scope),
        chosen=chosen,
    )


def with_variant(spec: Spec, variant: Spec, numbers: Sequence[int]) -> Spec:
    """Give a spec whose tests of these numbers are those of `variant`, in order, and run it."""
    # Where the variant could not be had without the other tests, it has them all.
    some = len(variant.tests) == len(numbers)
    own = {n: variant.tests[at if some else n] for at, n in enumerate(numbers)}
    tests = tuple(own.get(number, test) for number, test in enumerate(spec.tests))
    variants = {**spec.variants, **{test.name: variant for test in own.values()}}
    return replace(spec, tests=tests, variants=MappingProxyType(variants))


# Fields of the SDK's Agent that are passed on as they are.
_OPTIONS = ("hooks", "tool_use_behavior", "reset_tool_choice", "prompt")


def _agent(name: str, scope: Scope) -> AgentSpec:
    fields = scope.agent(name)
    values = {key: field.value for key, field in fields.items()}
    model = fields.get("model") or scope.setting("run", "model")
    place = scope.agents[name].key_place
    return AgentSpec(
        key=name,
        name=display_name(name, scope),
        # Without one, it is that of an agent, or in a file, which an unset variable names.
        model=model_of(model, scope) if model is not None else ModelSpec("", place),
        place=place,
        instructions=_instructions(fields, scope),
        handoff_description=values.get("handoff_description"),
        model_settings=settings(values.get("model_settings"), fields.get("model_settings"), scope),
        tools=tools_of(fields, scope),
        handoffs=tuple(handoff_of(item, scope) for item in _items(fields, "handoffs")),
        input_guardrails=tuple(
            guardrail_of(item, scope) for item in _items(fields, "input_guardrails")
        ),
        output_guardrails=tuple(
            guardrail_of(item, scope) for item in _items(fields, "output_guardrails")
        ),
        output=output_of(fields, scope),
        mcp_servers=names_of(fields.get("mcp_servers")),
        mcp_config=config_of(fields.get("mcp_config"), scope),
        options=MappingProxyType({key: _option(fields[key], scope) for key in _given(fields)}),
        metadata=mapping(values.get("metadata")),
        additions=additions_of(fields.get(ADDITIONS)),
        sandbox=sandbox_of(fields, scope),
    )


def _items(fields: dict[str, Field], key: str) -> list[Field]:
    return [item for item in fields[key].items() if known(item)] if key in fields else []


def _given(fields: dict[str, Field]) -> list[str]:
    return [key for key in _OPTIONS if known(fields.get(key))]


def _option(field: Field, scope: Scope) -> Any:
    return coderefs.code_of(field, scope) if coderefs.names_code(field) else field.value


def _instructions(fields: dict[str, Field], scope: Scope) -> str | CodeSpec | None:
    prompt = fields.get("instructions_file")
    if known(prompt):
        return instructions_in(prompt, scope.values)
    own = fields.get("instructions")
    if own is not None and isinstance(own.value, dict):
        return coderefs.code_of(own, scope)
    return str(own.value) if own is not None else None
