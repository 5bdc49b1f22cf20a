"""The language of --approve and --deny: what a pattern says, and what nobody slips past it."""

from __future__ import annotations

import json
import unicodedata
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from yamlagents.runtime.approvals import Rules
from yamlagents.runtime.lookalikes import _GROUPS, folded
from yamlagents.runtime.patterns import BadPattern, exact, pattern
from yamlagents.waiting import Approval, Later

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


def decided(asked: str, *, approve: tuple[str, ...] = (), deny: tuple[str, ...] = ()) -> Any:
    """Decide on a call of `pay` with these arguments."""
    rules = Rules(tuple(map(pattern, approve)), tuple(map(pattern, deny)))
    return rules(Approval("clerk", "pay", asked))


def arguments(value: Any) -> str:
    return json.dumps({"to": value})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("pay", "anyone"),
        ("p*y", "anyone"),
        ("pay:to=anyone", "anyone"),
        ("pay:to=any*", "anyone"),
        ("pay:to=*one", "anyone"),
        ("pay:to=*", {"some": ["thing"]}),
        ('pay:to="a,b=c*"', "a,b=c*"),
        ('pay:to=""', ""),
        ('pay:to="a\\nb"', "a\nb"),
        ("pay:to=5", 5),
        ("pay:to=true", True),
        ("pay:to=null", None),
        ("pay:to=a b", "a b"),
        ("pay:to=q?x=[1]", "q?x=[1]"),
        ("pay:to.name=ada", {"name": "ada"}),
        ("pay:to.name=ada,to.city=rome", {"name": "ada", "city": "rome"}),
    ],
)
def test_what_is_approved_and_denied(text: str, value: Any) -> None:
    assert decided(arguments(value), approve=(text,)) is True
    assert decided(arguments(value), approve=("pay",), deny=(text,)) is False


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ask", "anyone"),
        ("pa", "anyone"),
        ("Pay", "anyone"),
        ("pay:to=any", "anyone"),
        ("pay:to=Anyone", "anyone"),
        ("pay:to=any*", "any\none"),
        ("pay:to=any*", "any\u200bone"),
        ("pay:to=any*", " anyone"),
        ("pay:to=any*", ["anyone"]),
        ("pay:to=any?ne", "anyone"),
        ("pay:to=5", 5.0),
        ("pay:to=5", 55),
        ('pay:to="5"', 5),
        ("pay:to=paypal", "p\u0430ypal"),
        ("pay:to.name=ada", {"to.name": "ada"}),
        ("pay:to.name=ada", [{"name": "ada"}]),
        ("pay:whom=anyone", "anyone"),
    ],
)
def test_what_is_not_approved(text: str, value: Any) -> None:
    assert decided(arguments(value), approve=(text,)) is Later.LATER


@pytest.mark.parametrize(
    "value",
    [
        "evil@x.com",
        "Evil@X.COM",
        " evil@x.com\n",
        "ev\u200bil@x.com",
        "ev\u00adil@x.com",
        "\u202eevil@x.com",
        "\u0435vil@x.com",
        "ev\u0456l@x.com",
        "\uff45\uff56\uff49\uff4c\uff20x.com",
        "\U0001d41evil@x.com",
        "\u00e9vil@x.com",
        "evil@x\u2024com",
        ["a@x.com", "evil@x.com"],
        {"address": "evil@x.com"},
    ],
)
def test_what_comes_to_the_same_is_denied(value: Any) -> None:
    told = arguments(value)
    assert decided(told, approve=("*",), deny=("pay:to=evil@x.com",)) is False


@pytest.mark.parametrize("given", [5, 5.0, "5", "5.0", "05", " 5 ", "\u0665", "5e0"])
def test_a_number_is_denied_however_it_is_written(given: Any) -> None:
    assert decided(arguments(given), approve=("*",), deny=("pay:to=5",)) is False


@pytest.mark.parametrize(
    ("deny", "told"),
    [
        ("pay:to=evil", "{}"),
        ("pay:to=evil", '{"whom": "evil"}'),
        ("pay:to=evil", '{"to": "good", "to": "evil"}'),
        ("pay:to=evil", '{"to": "good"'),
        ("pay:to=evil", '"evil"'),
        ("pay:to=evil", ""),
        ("pay:to=evil", '{"to": []}'),
        ("pay:to=evil", '{"to": NaN}'),
        ("pay:to=evil", '{"to": "\u13acvil"}'),
        ("pay:to=true", '{"to": "yes"}'),
        ("pay:to=true", '{"to": 1}'),
        ("pay:to=1", '{"to": true}'),
        ("pay:to.name=evil", '{"to": "evil"}'),
    ],
)
def test_what_cannot_be_told_is_not_approved_past_a_denial(deny: str, told: str) -> None:
    assert decided(told, approve=("*", "pay"), deny=(deny,)) is Later.LATER


@pytest.mark.parametrize("value", ["good@x.com", "\u6771\u4eac", "privet", "\u043f\u0440\u0438", 7])
def test_other_values_are_not_denied(value: Any) -> None:
    assert decided(arguments(value), approve=("pay",), deny=("pay:to=evil@x.com",)) is True


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


@given(GLOBS, TEXTS)
def test_what_a_star_hides_is_on_one_line_and_seen(glob: str, hidden: str) -> None:
    assume("*" in glob)
    value = glob.replace("*", hidden)
    if decided(arguments(value), approve=(f"pay:to={glob}",)) is True:
        assert all(unicodedata.category(char) not in ("Cc", "Zl", "Zp") for char in value)


NOISE = st.sampled_from([" ", "\n", "\t", "\u200b", "\u00ad", "\ufeff", "\u0301", "\u00a0"])


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


def test_the_pattern_of_a_call_is_readable() -> None:
    told = '{"order": {"id": "A-17", "note": "a, b"}, "amount": 5.50, "sure": true}'
    assert exact("pay", told) == 'pay:order.id=A-17,order.note="a, b",amount=5.50,sure=true'
    assert (exact("pay", "{}"), exact("pay", '{"to": []}'), exact("pay", "5")) == (
        "pay",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("text", "at", "reason"),
    [
        ("", 0, "name comes first"),
        (":to=x", 0, "name comes first"),
        ("pay to=x", 3, "a colon, or nothing"),
        ("pay\n", 3, "a colon, or nothing"),
        ("pay:", 4, "the name of an argument"),
        ("pay:=x", 4, "the name of an argument"),
        ("pay:to", 6, "comes '='"),
        ("pay:to*=x", 6, "comes '='"),
        ("pay:to=", 7, 'write ""'),
        ("pay:to=a,b", 10, "put in quotes"),
        ("pay:to=a,", 9, "the name of an argument"),
        ("pay:to= a", 7, "begins or ends with a space"),
        ("pay:to=a ,x=b", 7, "begins or ends with a space"),
        ('pay:to="a', 7, "not closed"),
        ('pay:to="a\\x"', 7, "as JSON writes it"),
        ('pay:to="a"b', 10, "a comma, or nothing"),
        ('pay:to=a"b', 8, "a comma, or nothing"),
    ],
)
def test_a_malformed_pattern_has_a_place(text: str, at: int, reason: str) -> None:
    with pytest.raises(BadPattern, match=reason) as bad:
        pattern(text)
    assert (bad.value.at, bad.value.text) == (at, text)


@given(st.text(max_size=30))
def test_any_text_is_a_pattern_or_is_told_to_be_none(text: str) -> None:
    place = 0
    try:
        found = pattern(text).text
    except BadPattern as bad:
        found, place = bad.text, bad.at
    assert (found, 0 <= place <= len(text)) == (text, True)
