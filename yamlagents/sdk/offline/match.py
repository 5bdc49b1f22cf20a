"""The match policy: call the tools that the last user message names, then report."""

from collections.abc import Sequence
from dataclasses import dataclass

from yamlagents.sdk.offline.answer import say
from yamlagents.sdk.offline.filling import Source, fill_each
from yamlagents.sdk.offline.offer import Offer
from yamlagents.sdk.offline.reply import PlannedCall, Reply, Request
from yamlagents.sdk.offline.schema import naming
from yamlagents.sdk.offline.words import Word, name_words, read_words, stems_of

NAME, DESCRIPTION, PARAMETER = 3, 2, 1
"""What a word of the message counts for, by where the tool has it; once, where it counts most."""
THRESHOLD = 2
"""The least score of a tool or handoff that is called."""
FURTHER_THRESHOLD = 3
"""The least score of a further tool, counting only words that no better tool has."""
_SAID_OUTRIGHT = 100


@dataclass(frozen=True)
class Match:
    """A tool or handoff that the message speaks of, and the words that say so."""

    offer: Offer
    score: float
    words: tuple[Word, ...]


def match(request: Request) -> Reply:
    """Call what the last user message asks for and has not been called since; else answer.

    The best handoff is taken alone, and never twice for one message. Otherwise the best tool is
    called, and each further tool that other words of the message name.
    """
    planned = [] if request.calling == "none" else _plan(request)
    calls = request.conversation.calls
    if request.calling != "required" and request.forced is None:
        made = [(call.name, call.arguments) for call in calls]
        planned = [call for call in planned if (call.name, call.arguments) not in made]
    if planned:
        return Reply(calls=tuple(planned[:1] if request.one_at_a_time else planned))
    return Reply(say(request))


def _plan(request: Request) -> list[PlannedCall]:
    words = read_words(request.conversation.message)
    offers = request.open_offers
    if request.forced is not None:
        offers = tuple(offer for offer in request.offers if offer.name == request.forced)
        return _fill(request, [_rate(offers[0], words)])
    if any(not call.name for call in request.conversation.calls):
        return []
    best = _best(offers, words)
    if best is None or best.score < THRESHOLD:
        return _fill(request, [best]) if best and request.calling == "required" else []
    if best.offer.is_handoff:
        return _fill(request, [best])
    found = [best]
    left = tuple(offer for offer in offers if not offer.is_handoff)
    while True:
        used = {word.stem for match in found for word in match.words}
        left = tuple(offer for offer in left if offer is not found[-1].offer)
        further = _best(left, [word for word in words if word.stem not in used])
        if further is None or further.score < FURTHER_THRESHOLD:
            return _fill(request, found)
        found.append(further)


def _best(offers: Sequence[Offer], words: Sequence[Word]) -> Match | None:
    rated = [_rate(offer, words) for offer in offers]
    return max(rated, key=lambda found: found.score, default=None)


def _rate(offer: Offer, words: Sequence[Word]) -> Match:
    names = stems_of(offer.name) or name_words(offer.name)
    described = stems_of(offer.description)
    parameters = {stem for key in offer.schema.get("properties", {}) for stem in stems_of(key)}
    found: dict[str, Word] = {}
    score = 0.0
    for word in words:
        value = (
            NAME if word.stem in names
            else DESCRIPTION if word.stem in described
            else PARAMETER if word.stem in parameters
            else 0
        )  # fmt: skip
        if value and word.stem not in found:
            found[word.stem] = word
            score += value
    named = len(names & found.keys())
    # Among equals the name with fewer words left over; then the declared order.
    score += 0.5 * named / len(names) if names else 0
    return Match(offer, score, tuple(found.values()))


def _fill(request: Request, found: Sequence[Match]) -> list[PlannedCall]:
    message = request.conversation.message
    anchors = [min((word.start for word in m.words), default=0) for m in found]
    known = frozenset(w.stem for m in found for w in m.words) & frozenset().union(
        *(stems_of(m.offer.name) for m in found)
    )
    planned: list[PlannedCall] = []
    for one, anchor in zip(found, anchors, strict=True):
        source = Source(
            message,
            known,
            start=0 if anchor == min(anchors) else anchor,
            end=min((other for other in anchors if other > anchor), default=None),
        )
        with naming(f"tool {one.offer.name!r}"):
            rows = fill_each(one.offer.schema, source)
        planned.extend(PlannedCall(one.offer.name, row) for row in rows)
    return planned
