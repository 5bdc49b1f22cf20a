"""Arguments that the offline model finds in a message."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from yamlagents.sdk.offline.filling import Source, fill_each

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
MAIL: Schema = {"type": "string", "format": "email"}
UNIT: Schema = {"enum": ["celsius", "fahrenheit"]}
MAYBE: Schema = {"anyOf": [TEXT, {"type": "null"}]}
PERSON: Schema = {
    "type": "object",
    "properties": {"name": TEXT, "age": WHOLE},
    "required": ["name"],
}


@pytest.mark.parametrize(
    ("properties", "message", "expected"),
    [
        pytest.param(
            {"origin": TEXT, "destination": TEXT, "date": DAY, "passengers": WHOLE},
            "Book for two passengers to Paris from New York on 2025-03-04",
            {"origin": "New York", "destination": "Paris", "date": "2025-03-04", "passengers": 2},
            id="flight",
        ),
        pytest.param(
            {"to": MAIL, "subject": TEXT, "body": TEXT},
            'Email ann@a.com with subject "Hi" and body "See you at 5."',
            {"to": "ann@a.com", "subject": "Hi", "body": "See you at 5."},
            id="mail",
        ),
        pytest.param(
            {"city": TEXT, "unit": UNIT},
            "weather in Oslo in Fahrenheit",
            {"city": "Oslo", "unit": "fahrenheit"},
            id="enum",
        ),
        pytest.param(
            {"cities": {"type": "array", "items": TEXT}},
            "compare Tokyo, New York and Paris",
            {"cities": ["Tokyo", "New York", "Paris"]},
            id="list",
        ),
        pytest.param(
            {"person": PERSON, "when": MOMENT},
            "Schedule Ann Lee age 30 on 2025-01-02 14:30",
            {"person": {"name": "Ann Lee", "age": 30}, "when": "2025-01-02T14:30:00Z"},
            id="nested",
        ),
        pytest.param(
            {"city": TEXT, "country": MAYBE, "days": {**WHOLE, "default": 3}},
            "weather in Oslo",
            {"city": "Oslo", "country": None, "days": 3},
            id="left-to-default",
        ),
        pytest.param(
            {"low": NUMBER, "high": NUMBER},
            "between -5 and 1,000.5",
            {"low": -5, "high": 1000.5},
            id="numbers",
        ),
        pytest.param(
            {"verbose": {"type": "boolean"}, "fast": {"type": "boolean"}},
            "be fast but not verbose",
            {"verbose": False, "fast": True},
            id="flags",
        ),
        pytest.param({"formula": TEXT}, "what is (2+3)*4?", {"formula": "(2+3)*4"}, id="formula"),
        pytest.param({"city": TEXT, "n": WHOLE}, "hm", {"city": "sample", "n": 1}, id="nothing"),
    ],
)
def test_arguments_come_from_the_message(
    properties: Schema, message: str, expected: dict[str, Any]
) -> None:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    assert fill_each(schema, Source(message)) == [expected]
    Draft202012Validator(schema).validate(expected)
