"""What nobody slips past a pattern, whatever the arguments."""

from __future__ import annotations

import json
import re
import unicodedata
from contextlib import suppress
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.approval_project import arguments, decided
from yamlagents.spec.approvals.exact import exact
from yamlagents.spec.approvals.lookalikes import _GROUPS, folded
from yamlagents.spec.approvals.patterns import BadPattern, pattern
from yamlagents.waiting import Later

TEXTS = st.text(max_size=20)
# As they stand in a pattern without quotes.
GLOBS = st.from_regex(r"\A[a-z0-9@./ :=-]{0,8}\*?[a-z0-9@./-]{1,8}\Z").filter(
    lambda text: text == text.strip()
)
SCALARS = st.one_of(TEXTS, st.integers(), st.floats(allow_nan=False), st.booleans(), st.none())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
PATTERNS = st.sampled_from(
    ["pay", "p*", "*", "pay:to=a*", 'pay:to="a,b"', "pay:to=*", "ask", "pay:to=x,amount=5"]
)


@given(st.lists(PATTERNS), st.lists(PATTERNS), st.text(max_size=10), st.randoms())
def test_no_approval_and_no_order_outdoes_a_denial(
    approve: list[str], others: list[str], rest: str, random: Any
) -> None:
    deny = [*others, "pay:to=evil*"]
    random.shuffle(deny)
    told = arguments(f"evil{rest}")
    assert decided(told, approve=("pay", *approve), deny=tuple(deny)) is False


@given(st.lists(PATTERNS, min_size=1), st.lists(PATTERNS), VALUES, st.randoms())
def test_the_order_of_patterns_does_not_count(
    approve: list[str], deny: list[str], value: Any, random: Any
) -> None:
    told = arguments(value)
    before = decided(told, approve=tuple(approve), deny=tuple(deny))
    random.shuffle(approve)
    random.shuffle(deny)
    assert decided(told, approve=tuple(approve), deny=tuple(deny)) is before


@given(TEXTS, TEXTS)
@example("a*", "ab")
@example("a", "a\n")
def test_a_quoted_text_approves_itself_alone(wanted: str, value: str) -> None:
    text = f"pay:to={json.dumps(wanted)}"
    assert (decided(arguments(value), approve=(text,)) is True) is (value == wanted)


@given(GLOBS, TEXTS)
def test_a_glob_without_a_star_approves_itself_alone(glob: str, value: str) -> None:
    assume("*" not in glob)
    text = f"pay:to={glob}"
    assert decided(arguments(glob), approve=(text,)) is True
    assert (decided(arguments(value), approve=(text,)) is True) is (value == glob)


@given(st.from_regex(r"\A[ab*]{1,10}\Z"), st.from_regex(r"\A[ab]{0,12}\Z"))
def test_a_glob_is_met_by_all_that_it_stands_for(glob: str, value: str) -> None:
    stands = re.fullmatch(glob.replace("*", ".*"), value) is not None
    assert (decided(arguments(value), approve=(f"pay:to={glob}",)) is True) is stands
    denied = decided(arguments(value), approve=("*",), deny=(f"pay:to={glob}",)) is False
    assert denied is stands


@given(GLOBS, TEXTS)
@example("a*", "\u3164")
@example("a*", "\ufe0f")
@example("a*", "\U000e0041")
def test_what_a_star_hides_is_on_one_line_and_seen(glob: str, hidden: str) -> None:
    assume("*" in glob)
    value = glob.replace("*", hidden)
    if decided(arguments(value), approve=(f"pay:to={glob}",)) is True:
        assert all(unicodedata.category(char) not in ("Cc", "Cf", "Zl", "Zp") for char in value)
        assert not set(value) & {"\u3164", "\ufe0f"}


NOISE = st.sampled_from(
    [" ", "\n", "\t", "\u200b", "\u00ad", "\ufeff", "\u0301", "\u00a0", "\u3164"]
)


@given(GLOBS, st.data())
def test_case_blanks_and_marks_slip_nothing_past_a_denial(glob: str, data: Any) -> None:
    value = "".join(
        data.draw(NOISE) * data.draw(st.integers(0, 2)) + data.draw(st.sampled_from([c, c.upper()]))
        for c in glob.replace("*", "")
    )
    assert decided(arguments(value), approve=("*",), deny=(f"pay:to={glob}",)) is False


ALIKE = {group[0]: group for group in _GROUPS}


@given(GLOBS, st.data())
def test_letters_that_look_alike_slip_nothing_past_a_denial(glob: str, data: Any) -> None:
    chars = (data.draw(st.sampled_from(ALIKE.get(c, c))) for c in glob.replace("*", ""))
    told = arguments("".join(chars))
    assert decided(told, approve=("*",), deny=(f"pay:to={glob}",)) is False


def test_the_letters_that_look_alike_are_as_they_are_compared() -> None:
    assert [char for group in _GROUPS for char in group if folded(char) != char] == []


@given(st.dictionaries(TEXTS, VALUES), GLOBS)
def test_an_approval_with_conditions_needs_the_argument(data: dict[str, Any], glob: str) -> None:
    assume("to" not in data)
    assert decided(json.dumps(data), approve=(f"pay:to={glob}", "pay:to=*")) is Later.LATER


@given(st.text())
def test_arguments_that_are_no_object_meet_no_condition(told: str) -> None:
    with suppress(ValueError):
        assume(not isinstance(json.loads(told), dict))
    assert decided(told, approve=("pay:to=*",)) is Later.LATER
    assert decided(told, approve=("pay",), deny=("pay:to=evil",)) is Later.LATER


@given(st.dictionaries(st.sampled_from(["to", "amount", "x-y", "a b", "a.b", "\u00e4"]), VALUES))
def test_the_pattern_of_a_call_approves_it(data: dict[str, Any]) -> None:
    text = exact("pay", json.dumps(data))
    if text is not None:
        assert decided(json.dumps(data), approve=(text,)) is True


@given(st.text(max_size=30))
def test_any_text_is_a_pattern_or_is_told_to_be_none(text: str) -> None:
    place = 0
    try:
        found = pattern(text).text
    except BadPattern as bad:
        found, place = bad.text, bad.at
    assert (found, 0 <= place <= len(text)) == (text, True)


@given(GLOBS, GLOBS)
@example("a", "b")
@example("a*", "b")
@example("a", "A")
def test_one_argument_with_two_values_is_told_at_the_second(first: str, second: str) -> None:
    text = f"pay:to={first},amount=5,to={second}"
    stars = "*" in first, "*" in second
    one, other = (re.escape(glob).replace(r"\*", ".*") for glob in (first, second))
    can_be = all(stars) or (re.fullmatch(one, second) if stars[0] else re.fullmatch(other, first))
    try:
        found: Any = pattern(text).text
    except BadPattern as bad:
        found = bad.at
    assert found == (text if can_be else text.rindex("to="))


@given(TEXTS, TEXTS)
def test_a_text_and_a_glob_that_it_meets_are_one_condition_more(start: str, rest: str) -> None:
    assume(not set(start) & set('*,"\\') and start == start.strip() and start)
    value = start + rest
    text = f"pay:to={json.dumps(value)},to={start}*"
    assert decided(arguments(value), approve=("*",), deny=(text,)) is False
