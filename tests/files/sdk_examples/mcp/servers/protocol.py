"""As much of MCP over stdin and stdout as a server of a few functions needs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

TEXT = {"type": "string"}
LISTED: list[str] = []  # an entry each time the tools were asked for


def serve(tools: Mapping[str, Callable[..., str]], name: str) -> None:
    """Answer to the end of the input; every argument of a tool is text."""
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message:
            continue
        result = _answer(tools, name, message["method"], message.get("params") or {})
        reply = {"error": {"code": -32601, "message": "no such method"}}
        if result is not None:
            reply = {"result": result}
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **reply}), flush=True)


def _answer(
    tools: Mapping[str, Callable[..., str]], name: str, method: str, params: dict[str, Any]
) -> dict[str, Any] | None:
    if method == "initialize":
        version = params["protocolVersion"]
        info = {"name": name, "version": "1"}
        return {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}
    if method == "tools/list":
        LISTED.append(name)
        return {"tools": [_described(key, tool) for key, tool in tools.items()]}
    if method == "tools/call":
        return _called(tools[params["name"]], params.get("arguments") or {})
    return {} if method == "ping" else None


def _described(name: str, tool: Callable[..., str]) -> dict[str, Any]:
    names = [key for key in tool.__annotations__ if key != "return"]
    schema = {"type": "object", "properties": dict.fromkeys(names, TEXT), "required": names}
    return {"name": name, "description": tool.__doc__, "inputSchema": schema}


def _called(tool: Callable[..., str], arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        text, is_error = tool(**arguments), False
    except (OSError, TypeError, ValueError) as error:
        text, is_error = f"{type(error).__name__}: {error}", True
    return {"content": [{"type": "text", "text": text}], "isError": is_error}
