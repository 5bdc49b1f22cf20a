"""The sweep policy: everything once, with sample arguments."""

from collections.abc import Sequence

from yamlagents.sdk.offline.conversation import Call
from yamlagents.sdk.offline.offer import Offer
from yamlagents.sdk.offline.reply import OPENING, PlannedCall, Reply, Request
from yamlagents.sdk.offline.sampling import sample
from yamlagents.sdk.offline.schema import compact, naming


def sweep(request: Request, skip_handoffs: frozenset[str] = frozenset()) -> Reply:
    """Call every tool of the agent once, then take a new handoff, then say what was called.

    A handoff is new if the conversation holds no call of it and `skip_handoffs` does not name it.
    Raises NoSampleFits if a tool's schema has no sample.
    """
    chosen = _choose(request, skip_handoffs)
    if chosen:
        calls = [_call(offer) for offer in chosen]
        return Reply(calls=tuple(calls[:1] if request.one_at_a_time else calls))
    if request.output_schema is not None:
        with naming("structured output"):
            return Reply(compact(sample(request.output_schema, smallest=True)))
    return Reply(_summary(request.conversation.calls))


def _call(offer: Offer) -> PlannedCall:
    with naming(f"tool {offer.name!r}"):
        return PlannedCall(offer.name, sample(offer.schema))


def _choose(request: Request, skipped: frozenset[str]) -> list[Offer]:
    if request.calling == "none":
        return []
    if request.forced is not None:
        return [offer for offer in request.offers if offer.name == request.forced]
    calls = request.conversation.calls
    tools = [offer for offer in request.offers if not offer.is_handoff]
    called = _own_calls(request)
    # An output without its call means that a server holds the rest: the tools were called.
    missing = [o for o in tools if o.name not in called and all(c.name for c in calls)]
    if missing:
        return missing
    seen = {call.name for call in calls} | set(request.conversation.earlier) | skipped
    fresh = [offer for offer in request.offers if offer.is_handoff and offer.name not in seen]
    if fresh or request.calling == "auto":
        return fresh[:1]
    return tools[:1] or list(request.open_offers[:1])


def _own_calls(request: Request) -> set[str]:
    """Return the names of the tools that this agent itself called since the user message.

    The calls fall into stretches, each ended by a handoff. The stretch after the last handoff is
    this agent's. So is an earlier one that called just its tools and ended in one of its handoffs:
    control went round and came back.
    """
    tools = {offer.name for offer in request.offers if not offer.is_handoff}
    handoffs = {offer.name for offer in request.offers if offer.is_handoff}
    names: set[str] = set()
    for call in request.conversation.calls:
        if call.target is None:
            names.add(call.name)
        elif names == tools and call.name in handoffs:
            return names
        else:
            names = set()
    return names


def _summary(calls: Sequence[Call]) -> str:
    tools = [call.name or "a tool" for call in calls if call.target is None]
    targets = [call.target for call in calls if call.target is not None]
    said = f"{OPENING} called {', '.join(tools) or 'no tools'}"
    return f"{said}; handed off to {', '.join(targets)}." if targets else f"{said}."
