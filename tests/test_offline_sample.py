"""Sample values and arguments of the offline model are valid for their schemas."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from yamlagents.sdk.offline.filling import Source, fill_each
from yamlagents.sdk.offline.pattern import texts_for
from yamlagents.sdk.offline.sampling import sample
from yamlagents.sdk.offline.schema import NoSampleFits

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}

# Few examples, the same ones each time: a run of the suite says the same everywhere.
STEADY = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def bounded(low: str, high: str, most: int) -> st.SearchStrategy[Schema]:
    pairs = st.tuples(st.integers(0, most), st.integers(0, most)).map(sorted)
    return pairs.flatmap(
        lambda pair: st.sampled_from([{}, {low: pair[0]}, {low: pair[0], high: pair[1]}])
    )


def numbers() -> st.SearchStrategy[Schema]:
    bounds = st.tuples(st.integers(-50, 50), st.integers(12, 60)).map(
        lambda pair: [
            {},
            {"minimum": pair[0]},
            {"maximum": pair[0]},
            {"exclusiveMinimum": pair[0], "maximum": pair[0] + pair[1]},
            {"minimum": pair[0], "exclusiveMaximum": pair[0] + pair[1], "multipleOf": 5},
        ]
    )
    kinds = st.sampled_from(["integer", "number"])
    return st.builds(lambda kind, b: {"type": kind, **b}, kinds, bounds.flatmap(st.sampled_from))


def strings() -> st.SearchStrategy[Schema]:
    formats = ["date", "date-time", "time", "email", "uuid", "uri", "ipv4"]
    patterns = [
        r"^[A-Z]{3}-\d{4}$",
        r"^\w+@\w+\.com$",
        "^(red|blue)[0-9]?$",
        "a.c",
        r"^[^a-z]{2,}$",
    ]
    return st.one_of(
        bounded("minLength", "maxLength", 12).map(lambda b: {"type": "string", **b}),
        st.sampled_from(formats).map(lambda f: {"type": "string", "format": f}),
        st.sampled_from(patterns).map(lambda p: {"type": "string", "pattern": p}),
    )


def leaves() -> st.SearchStrategy[Schema]:
    values = st.lists(st.one_of(st.integers(), st.text(max_size=3), st.none()), min_size=1)
    return st.one_of(
        numbers(),
        strings(),
        st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["null", "string"]}, {}]),
        values.map(lambda options: {"enum": options}),
        values.map(lambda options: {"const": options[0]}),
        st.just({"$ref": "#/$defs/node"}),
    )


def nested(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    names = st.sampled_from(["city", "to", "n", "when", "tags", "x"])
    arrays = st.builds(
        lambda item, size: {"type": "array", "items": item, **size},
        inner,
        bounded("minItems", "maxItems", 3),
    )
    unique = st.builds(
        lambda item, least: {
            "type": "array",
            "items": item,
            "minItems": least,
            "uniqueItems": True,
        },
        st.one_of(numbers(), st.just(TEXT), st.just({"enum": ["a", "b", "c"]})),
        st.integers(0, 2),
    )
    branches = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        objects(names, inner),
        arrays,
        unique,
        branches.map(lambda options: {"anyOf": options}),
        inner.map(lambda part: {"allOf": [part, {"description": "more"}]}),
        inner.map(lambda part: {"oneOf": [{"type": "null"}, {"allOf": [part, NOT_NULL]}]}),
    )


NOT_NULL: Schema = {"type": ["string", "number", "boolean", "object", "array"]}
NODE: Schema = {
    "type": "object",
    "properties": {
        "value": TEXT,
        "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
        "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
    },
    "required": ["value", "next"],
}


def objects(
    names: st.SearchStrategy[str], inner: st.SearchStrategy[Schema]
) -> st.SearchStrategy[Schema]:
    def build(properties: Schema, required: bool, closed: bool) -> Schema:
        return {
            "type": "object",
            "properties": properties,
            "required": sorted(properties)[: None if required else 1],
            **({"additionalProperties": False} if closed else {}),
        }

    properties = st.dictionaries(names, inner, max_size=4)
    return st.builds(build, properties, st.booleans(), st.booleans())


SCHEMAS = st.recursive(leaves(), nested, max_leaves=8)


def with_definitions(schema: Schema) -> Schema:
    return {**schema, "$defs": {"node": NODE}}


def assert_valid(value: Any, schema: Schema) -> None:
    checker = Draft202012Validator.FORMAT_CHECKER
    Draft202012Validator(schema, format_checker=checker).validate(value)


@STEADY
@given(SCHEMAS.map(with_definitions), st.booleans())
def test_samples_are_valid(schema: Schema, smallest: bool) -> None:
    value = sample(schema, smallest=smallest)
    assert_valid(value, schema)
    assert value == sample(schema, smallest=smallest)


WORDS = """Tokyo|New York|to|from|and|,|5|-3.5|1,200|2025-03-04|14:30|2025-03-04T10:00|ann@a.com|
https://a.com/b|"quoted words"|ORD-12|not|x|tags:|in|city|b|red|two|10.0.0.1|.|'"""
MESSAGES = st.lists(st.sampled_from(re.split(r"\|\s?", WORDS)), max_size=12).map(" ".join)


@STEADY
@given(objects(st.sampled_from(["city", "to", "count", "when", "tags", "flag"]), SCHEMAS), MESSAGES)
def test_filled_arguments_are_valid(schema: Schema, message: str) -> None:
    schema = with_definitions(schema)
    for arguments in fill_each(schema, Source(message)):
        assert_valid(arguments, schema)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param({"type": "integer", "minimum": 10, "multipleOf": 7}, 14, id="multiple"),
        pytest.param(
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5, id="gap"
        ),
        pytest.param({"type": "string", "default": "celsius"}, "celsius", id="default"),
        pytest.param({"type": "string", "default": 5}, "sample", id="invalid-default"),
        pytest.param({"type": "string", "pattern": "^ORD-[0-9]{3}$"}, "ORD-000", id="pattern"),
        pytest.param({"type": "string", "pattern": "^[a-z]+$", "minLength": 4}, "aaaa", id="both"),
        pytest.param({"type": "array", "items": TEXT, "minItems": 1}, ["sample"], id="array"),
        pytest.param({"prefixItems": [WHOLE, TEXT], "minItems": 2}, [1, "sample"], id="tuple"),
        pytest.param({"properties": {"a": TEXT}, "minProperties": 1}, {"a": "sample"}, id="grown"),
        pytest.param({"allOf": [WHOLE, {"minimum": 3}]}, 3, id="all-of"),
        pytest.param({"oneOf": [{"minimum": 0, **WHOLE}, {"maximum": 1, **WHOLE}]}, 2, id="one-of"),
        pytest.param(
            {"$ref": "#/$defs/node", "$defs": {"node": NODE}},
            {"value": "sample", "next": None},
            id="recursive",
        ),
    ],
)
def test_samples_are_as_small_as_expected(schema: Schema, expected: Any) -> None:
    assert sample(schema) == expected


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        pytest.param({"type": "string", "pattern": "(?=a)b"}, '"pattern"', id="pattern"),
        pytest.param({"$ref": "https://example.com/x"}, "into the same schema", id="remote"),
        pytest.param({"$ref": "#/$defs/gone"}, "points to nothing", id="dangling"),
        pytest.param({"allOf": [WHOLE, TEXT]}, '"allOf"', id="contradiction"),
        pytest.param({"$ref": "#/properties/a"}, '"$ref"', id="endless"),
    ],
)
def test_a_schema_without_a_sample_names_the_parameter(part: Schema, reason: str) -> None:
    schema = {"type": "object", "properties": {"a": part}, "required": ["a"]}
    with pytest.raises(NoSampleFits, match=r"no sample fits parameter 'a'") as caught:
        sample(schema)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "pattern",
    [r"^\+?\d{1,3}$", r"^(?:ab|cd)+x?$", r"[^\w\s]", r"^[\w.-]+\.csv$", "^$", r"\Aa\.b\Z"],
)
def test_patterns_give_texts(pattern: str) -> None:
    assert next(texts_for(pattern), None) is not None
