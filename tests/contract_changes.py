"""Agent files with one change each that reaches the model: what they are made of."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = """\
models:
  m: {{model: openai/gpt-5.1, provider: openai_responses, api_key: "${{K:-k}}"}}
mcp_servers:
  box: {box}
run: {{model: openai/gpt-4.1{run}}}
agents:
  a:
    instructions: Hi.
    model: m
"""
TAIL = """\
  b:
    name: bee
    instructions: Ho.
    model: m
"""
CODE = '''\
from dataclasses import dataclass

from agents import AsyncComputer, ModelSettings


@dataclass
class One:
    """The first."""

    topic: str


@dataclass
class Two:
    """The second."""

    words: int


def find(name: str) -> str:
    """Find a customer.

    Args:
        name: The customer's.
    """
    return name


def note(context, data):
    return None


async def act(*args):
    return "done"


def no(*args):
    return False


def prepended(data):
    return data


class Editor:
    def create_file(self, operation):
        return None

    update_file = delete_file = create_file


def terse(tools):
    tools.exec_command.description = "Runs."


def blind(tools):
    tools.view_image.description = "Shows."


def launch(*, run_context):
    raise AssertionError("no computer is made in a replay")
'''


@dataclass(frozen=True)
class Change:
    """One change of a file: in the `body` of the agent, or elsewhere, `old` becomes `new`.

    A replay says `said`, and names the first line that has changed, or the one that says `at`. In
    `run` is what the file says of runs besides.
    """

    body: str
    old: str
    new: str
    said: str
    at: str | None = None
    run: str = ""


def key(old: str, new: str, said: str, *, rest: str = "") -> Change:
    """Change a key of the agent; `rest` are other keys of it."""
    return Change(f"{rest}{old}\n" if old else rest, old or "    model: m\n", new, said)


def added(new: str, said: str, *, rest: str = "") -> Change:
    """Add a key to the agent."""
    return Change(rest, "    model: m\n", f"    model: m\n    {new}\n", said)


def tool(before: str, after: str, said: str, *others: str) -> Change:
    """Change a tool; `others` are there as well."""
    rest = "".join(f"      - {other}\n" for other in others)
    return Change(f"    tools:\n      - {before}\n{rest}", before, after, said)


def option(kind: str, given: str, more: str, *others: str) -> Change:
    """Give a hosted tool one more option."""
    name = more.partition(":")[0]
    before = f"{{hosted: {kind}{given}}}"
    after = f"{{hosted: {kind}{given}, {more}}}"
    return tool(before, after, f"{name} of tool ", *others)


def configured(kind: str, config: str, more: str) -> Change:
    """Give the configuration of a hosted tool one more key."""
    name = more.partition(":")[0]
    before = f"{{hosted: {kind}, tool_config: {{{config}}}}}"
    after = f"{{hosted: {kind}, tool_config: {{{config}, {more}}}}}"
    return tool(before, after, f"{name} of tool {kind}")


def setting(more: str) -> Change:
    """Give the agent one more model setting."""
    return added(f"model_settings: {{{more}}}", f"{more.partition(':')[0]} of `a` was added")


def handoff(more: str, said: str) -> Change:
    """Give a handoff one more option."""
    return Change("    handoffs:\n      - {agent: b}\n", "agent: b", f"agent: b, {more}", said)


def served(more: str, said: str) -> Change:
    """Give the MCP server one more option: its tools are named where the agent has it."""
    given = '"cache_tools_list": false'
    return Change(BOX, given, f"{given}, {more}", said, "mcp_servers: [box]")


BOX = "    mcp_servers: [box]\n"
FIND = "{function: './code.py:find', strict_mode: false}"
ASK = "{agent: b, tool_name: ask}"
CRM = "{namespace: crm, description: Customers., tools: ['./code.py:find']}"
LATER = "{function: './code.py:find', defer_loading: true}"
STRICT = Change(
    BOX,
    BOX,
    f"{BOX}    mcp_config: {{convert_schemas_to_strict: true}}\n",
    "schema of tool add changed",
    "mcp_servers: [box]",
)
OTHER = LATER.replace("true", "true, name_override: other")
BY_CODE = "{function: './code.py:act', strict_mode: false, allowed_callers: [programmatic]}"
OUT = "output_type: {type: object, properties: {x: {type: string}}, required: [x]}"
CLOSED = OUT.replace("}, required", "}, additionalProperties: false, required")
CUSTOM = ", name: calc, description: Counts., on_invoke_tool: './code.py:act'"
IMAGE = ("image_generation", "size: 1024x1024")
MCP = ("hosted_mcp", "server_label: docs, server_url: 'https://a.b/mcp'")
STORED = "prompt: {id: pmpt_1, version: '1', variables: {tone: kind}}"
