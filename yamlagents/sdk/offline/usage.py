"""How many tokens an offline call counts as."""

import json
import re
from collections.abc import Sequence
from typing import Any

from agents.usage import Usage

from yamlagents.sdk.offline.conversation import text_of
from yamlagents.sdk.offline.reply import Reply
from yamlagents.sdk.offline.schema import compact

_TOKEN = re.compile(r"\w+|[^\w\s]")
_TEXT_KEYS = ("content", "output", "name", "arguments")


def count_tokens(text: str) -> int:
    """Return the number of tokens in `text`: its runs of word characters and its other signs.

    This is the offline model's own unit: matches of `\\w+|[^\\w\\s]`, so "It's 5." is 5 tokens.
    It is about the size of a real token, but no provider's count and no base for a price.
    """
    return len(_TOKEN.findall(text))


def measure(
    instructions: str | None, given: str | Sequence[Any], names: Sequence[str], reply: Reply
) -> Usage:
    """Return the usage of one call: one request, and tokens as `count_tokens` has them.

    Input: the instructions, the texts of the input items (content, output, and the name and
    arguments of a call), and the names of the tools and handoffs. Output: the answer's text, or
    each call's name and arguments.
    """
    texts = [given] if isinstance(given, str) else [_item_text(item) for item in given]
    spoken = [reply.text, *(f"{call.name} {compact(call.arguments)}" for call in reply.calls)]
    sent = sum(count_tokens(text) for text in (instructions or "", *texts, *names))
    answered = sum(count_tokens(text) for text in spoken)
    return Usage(
        requests=1, input_tokens=sent, output_tokens=answered, total_tokens=sent + answered
    )


def _item_text(item: Any) -> str:
    if not isinstance(item, dict):
        return json.dumps(item, default=str)
    return " ".join(text_of(item[key]) for key in _TEXT_KEYS if key in item)
