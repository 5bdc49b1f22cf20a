"""A small MCP server to be started by tests: `python mcp_server.py [BEHAVIOUR]`.

It speaks the protocol by itself, as that starts in no time; tests/mcp_http_server.py is another's.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any, TextIO

NUMBERS = {"a": {"type": "integer"}, "b": {"type": "integer"}}
LOG = os.environ.get("LOG")  # where it says what it was asked
COUNT = {
    "type": "object",
    "properties": {"n": {"type": "integer", "minimum": 1}},
    "required": ["n"],
}
COUNTED: list[None] = []


def say(stream: TextIO, line: str) -> None:
    stream.write(f"{line}\n")
    stream.flush()


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def divide(a: int, b: int) -> float:
    """Divide a number by another."""
    return a / b


def read_variable(name: str) -> str:
    """Read an environment variable of the server."""
    return os.environ.get(name, "not set")


def where() -> str:
    """Give the folder that the server was started in."""
    return os.getcwd()


def wait(seconds: float) -> str:
    """Wait."""
    time.sleep(seconds)
    return "waited"


def count() -> int:
    """Count the calls of this tool."""
    COUNTED.append(None)
    return len(COUNTED)


def fail() -> str:
    """Fail, whatever it is given."""
    raise ArithmeticError("no")


def end() -> str:
    """End the server in the middle of a call."""
    say(sys.stderr, "going down")
    os._exit(3)


TOOLS: dict[str, tuple[Any, dict[str, Any]]] = {
    "add": (add, NUMBERS),
    "divide": (divide, NUMBERS),
    "read_variable": (read_variable, {"name": {"type": "string"}}),
    "where": (where, {}),
    "wait": (wait, {"seconds": {"type": "number"}}),
    "count": (count, {}),
    "fail": (fail, {}),
    "end": (end, {}),
    # Tools that tests want to have, by whatever name.
    **dict.fromkeys(json.loads(os.environ.get("ADDING", "[]")), (add, NUMBERS)),
}


def described(name: str) -> dict[str, Any]:
    function, properties = TOOLS[name]
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    tool = {"name": name, "description": function.__doc__, "inputSchema": schema}
    return {**tool, "outputSchema": COUNT} if name == "count" else tool


def called(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        text, is_error = str(TOOLS[name][0](**arguments)), False
    except (ArithmeticError, TypeError) as error:
        text, is_error = f"{type(error).__name__}: {error}", True
    result = {"content": [{"type": "text", "text": text}], "isError": is_error}
    return {**result, "structuredContent": {"n": int(text)}} if name == "count" else result


def answer(method: str, params: dict[str, Any]) -> dict[str, Any] | None:
    """Give the result of a request; None for one that there is not."""
    if LOG:
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(f"{params['name'] if method == 'tools/call' else method}\n")
    if method == "initialize":
        info = {"name": "calculator", "version": "1"}
        version = params["protocolVersion"]
        return {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}
    if method == "tools/list":
        return {"tools": [described(name) for name in TOOLS]}
    if method == "tools/call":
        return called(params["name"], params.get("arguments") or {})
    return {} if method == "ping" else None


def change() -> None:
    """Rename a tool, and let another take one argument more."""
    TOOLS["split"] = TOOLS.pop("divide")
    TOOLS["add"] = (lambda a, b, c=0: a + b + c, {**NUMBERS, "c": {"type": "integer"}})
    TOOLS["add"][0].__doc__ = add.__doc__


def main(behaviour: str = "serve") -> None:
    """Serve to the end of the input, or behave in another way.

    `refuse` ends at once, `mute` never answers, `stubborn` stays when it is asked to end, `changed`
    has other tools than usual, `chatty` says something before it speaks the protocol.
    """
    if behaviour == "chatty":
        say(sys.stdout, "Listening, with pass-in-the-clear")
    if behaviour == "changed":
        change()
    if behaviour == "refuse":
        say(sys.stderr, "cannot open the database, pass-in-the-clear")
        sys.exit(2)
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message or behaviour == "mute":
            continue
        result = answer(message["method"], message.get("params") or {})
        unknown = {"code": -32601, "message": "there is no such method"}
        reply = {"error": unknown} if result is None else {"result": result}
        say(sys.stdout, json.dumps({"jsonrpc": "2.0", "id": message["id"], **reply}))
    if behaviour == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
