"""The SDK's examples that are workflows: what each step is told, and which are side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from threading import Barrier
from typing import Any

import pytest

from tests.conftest import Cli
from tests.openai_server import Behaviour, OpenAIServer, Reply, Request, Text, ToolCall
from tests.sdk_examples import SOURCE, WORKFLOWS

Told = dict[str, list[list[Any]]]
PATIENCE = 30.0  # seconds, after which a request is taken for one that comes alone


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_shows_what_the_original_does(cli: Cli, name: str) -> None:
    result = cli("test", f"{name}.yaml", cwd=SOURCE)
    assert result.code == 0, result.stdout + result.stderr


def test_every_workflow_is_there() -> None:
    assert {path.stem for path in SOURCE.glob("*.yaml")} == set(WORKFLOWS)


def by_agent(replies: Mapping[str, Sequence[Behaviour]]) -> Behaviour:
    """Answer each agent, known by how its instructions begin, with what is meant for it."""
    left = {start: iter(behaviours) for start, behaviours in replies.items()}

    def behaviour(request: Request) -> Reply:
        told = request.body["messages"][0]["content"]
        (start,) = [start for start in left if told.startswith(start)]
        return next(left[start])(request)

    return behaviour


def told(cli: Cli, server: OpenAIServer, name: str, said: str, **replies: list[Behaviour]) -> Told:
    """Run a workflow, and give by agent what its requests held beside the instructions.

    An agent goes by the first word of its instructions.
    """
    server.behave(by_agent(replies))
    options = ("--base-url", server.base_url, "--api-key", "dummy")
    result = cli("run", f"{name}.yaml", said, *options, cwd=SOURCE)
    assert result.code == 0, result.stderr
    found: Told = {}
    for request in server.requests:
        first, *rest = request.body["messages"]
        found.setdefault(first["content"].split()[0], []).append([m.get("content") for m in rest])
    return found


def as_json(**fields: Any) -> Text:
    return Text(json.dumps(fields))


def test_a_story_is_written_from_the_outline_and_not_from_its_check(
    cli: Cli, server: OpenAIServer
) -> None:
    outline = "Robot, flour, friendship."
    server.behave(
        Text(outline), as_json(is_good=True, is_scifi=True), as_json(story="Once upon a circuit.")
    )
    options = ("--base-url", server.base_url, "--api-key", "dummy")
    result = cli("run", "deterministic.yaml", "A robot bakes.", *options, cwd=SOURCE)
    assert json.loads(result.stdout) == {"story": "Once upon a circuit."}
    said = [[m["content"] for m in r.body["messages"][1:]] for r in server.requests]
    assert said == [["A robot bakes."], [outline], [outline]]


def test_three_translate_side_by_side_and_one_picks(cli: Cli, server: OpenAIServer) -> None:
    together = Barrier(3)
    texts = ["Buen día", "Buena mañana", "Buenos días"]

    def beside(text: str) -> Behaviour:
        def behaviour(request: Request) -> Reply:
            together.wait(PATIENCE)
            return Text(text)(request)

        return behaviour

    translators = [beside(text) for text in texts]
    said = told(
        cli,
        server,
        "parallelization",
        "Good morning",
        Translate=translators,
        Pick=[Text("Buenos días")],
    )
    assert said["Translate"] == [["Good morning"]] * 3
    ((picked,),) = said["Pick"]
    heading, message, _, *translations = picked.split("\n")
    assert (heading, message) == ("Input:", "Good morning")
    assert translations[0] == "Translations:"
    assert sorted(text for text in translations[1:] if text) == texts


def test_both_see_all_that_was_written_and_judged(cli: Cli, server: OpenAIServer) -> None:
    said = told(
        cli,
        server,
        "llm_as_a_judge",
        "A detective.",
        Write=[Text("A body on a ship."), Text("A body on the Calypso.")],
        Judge=[
            as_json(feedback="Name the ship.", score="needs_improvement"),
            as_json(feedback="Good.", score="pass"),
        ],
    )
    first, more = ["A detective.", "A body on a ship."], "Feedback:\nName the ship."
    assert said["Write"] == [["A detective."], [*first, more]]
    assert said["Judge"] == [first, [*first, more, "A body on the Calypso."]]


def test_an_editor_goes_on_with_the_talk_that_the_tools_were_called_in(
    cli: Cli, server: OpenAIServer
) -> None:
    spanish, french = Text("Buenos días"), Text("Bonjour")

    def desk(request: Request) -> Reply:
        returned = sum(m["role"] == "tool" for m in request.body["messages"])
        names = [tool["function"]["name"] for tool in request.body["tools"]]
        assert names == ["to_spanish", "to_french", "to_italian"]
        if returned < 2:
            return ToolCall(names[returned], {"input": "Good morning"})(request)
        return Text("Buenos días, Bonjour")(request)

    server.behave(desk, spanish, desk, french, desk, Text("Both."))
    options = ("--base-url", server.base_url, "--api-key", "dummy")
    result = cli("run", "agents_as_tools.yaml", "Good morning?", *options, cwd=SOURCE)
    assert (result.code, result.stdout) == (0, "Both.\n"), result.stderr
    told = [m.get("content") for m in server.requests[-1].body["messages"][1:]]
    assert told == ["Good morning?", None, "Buenos días", None, "Bonjour", "Buenos días, Bonjour"]


def test_every_search_is_made_side_by_side_and_the_report_is_of_all(
    cli: Cli, server: OpenAIServer
) -> None:
    together = Barrier(2)
    plan = [{"query": "weather", "reason": "rain"}, {"query": "prices", "reason": "budget"}]

    def search(request: Request) -> Reply:
        last = request.body["messages"][-1]
        if last["role"] == "tool":
            return Text(f"Of {last['content'].split()[2]}")(request)
        together.wait(PATIENCE)
        return ToolCall("search_web", {"query": json.loads(last["content"])["query"]})(request)

    report = {"short_summary": "Go.", "report": "# Go", "questions": ["When?"]}
    said = told(
        cli,
        server,
        "research_bot",
        "Caribbean",
        Plan=[as_json(searches=plan)],
        Search=[search] * 4,
        Write=[as_json(**report)],
    )
    asked = [json.loads(first) for first, *rest in said["Search"] if not rest]
    assert sorted(asked, key=str) == sorted(plan, key=str)
    results = "Summarized search results:\nOf weather:\n\nOf prices:"
    assert said["Write"] == [[f"Original query:\nCaribbean\n\n{results}"]]
