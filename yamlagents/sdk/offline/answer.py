"""The final answer of the match policy, from what the tools returned."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from yamlagents.sdk.offline.conversation import Call
from yamlagents.sdk.offline.filling import Source, assign
from yamlagents.sdk.offline.reply import OPENING, Request
from yamlagents.sdk.offline.sampling import Sampler
from yamlagents.sdk.offline.schema import SchemaTree, compact, naming
from yamlagents.sdk.offline.words import name_words, stem_set

_PROSE = stem_set("answer summary result response text message reply output report")


def say(request: Request) -> str:
    """Return the answer: a sentence, or JSON text if a structured answer is asked for."""
    if request.output_schema is None:
        return _sentence(request)
    with naming("structured output"):
        return compact(_structured(request.output_schema, request))


def _results(request: Request) -> list[Call]:
    # A tool's result may look like a handoff's; the name tells them apart.
    tools = {offer.name for offer in request.offers if not offer.is_handoff}
    answered = [call for call in request.conversation.calls if call.output is not None]
    return [call for call in answered if call.target is None or call.name in tools]


def _sentence(request: Request) -> str:
    told = list(dict.fromkeys(_told(call) for call in _results(request)))
    if told:
        return " ".join(told)
    tools = ", ".join(offer.name for offer in request.offers if not offer.is_handoff)
    handoffs = ", ".join(offer.name for offer in request.offers if offer.is_handoff)
    has = [f"tools: {tools}"] * bool(tools) + [f"handoffs: {handoffs}"] * bool(handoffs)
    if not has:
        return f"{OPENING} the agent has no tools, and without a real model there is no answer."
    return f"{OPENING} no tool matches this message; the agent has {'; '.join(has)}."


def _told(call: Call) -> str:
    text = (call.output or "").strip()
    if " " in text and text[-1] in ".!?":
        return text
    ending = "" if text[-1:] in (".", "!", "?") else "."
    return f"{call.name or 'The tool'} returned {text or 'nothing'}{ending}"


def _structured(schema: Mapping[str, Any], request: Request) -> Any:
    tree = SchemaTree(schema)
    sampler = Sampler(tree, smallest=True)
    smallest = sampler.first(schema)
    if not isinstance(smallest, dict):
        return smallest
    known = dict(_known_values(request))
    taken = assign(tree, Source(request.conversation.message))
    found = {fit.slot.path[0]: fit.value for fit in taken if len(fit.slot.path) == 1}
    answer = dict(smallest)
    for variant in tree.variants(schema):
        for key in variant.node.get("properties", {}):
            prose = [_sentence(request)] if name_words(key) & _PROSE else []
            options = [known[key]] if key in known else []
            options += [*prose, *([found[key]] if key in found else [])]
            for value in options:
                if tree.is_valid({**answer, key: value}, schema):
                    answer[key] = value
                    break
    return answer


def _known_values(request: Request) -> Iterator[tuple[str, Any]]:
    """Yield names with values: the arguments of the calls, then what JSON results hold."""
    for call in _results(request):
        yield from call.arguments.items()
    for call in _results(request):
        try:
            data = json.loads(call.output or "")
        except ValueError:
            data = None
        if isinstance(data, dict):
            yield from data.items()
        elif data is not None:
            yield from ((name, data) for name in (call.name,))
