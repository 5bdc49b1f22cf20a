"""The language of --approve and --deny: what a pattern says, and what nobody slips past it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.approval_project import arguments, decided
from yamlagents.spec.approvals.exact import exact
from yamlagents.spec.approvals.patterns import BadPattern, pattern
from yamlagents.waiting import Later


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
        "\u3164evil@x.com",
        "ev\u2800il@x.com",
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


def test_a_text_that_is_made_to_be_long_is_decided_on_at_once() -> None:
    began, told = time.monotonic(), arguments("a" * 200)
    glob = "pay:to=*a*a*a*b"
    assert decided(told, approve=(glob, "pay"), deny=(glob,)) is True
    assert time.monotonic() - began < 1


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
