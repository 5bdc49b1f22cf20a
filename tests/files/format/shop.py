"""The Python code that the examples of docs/format.md name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agents import (
    Agent,
    AgentHooks,
    AsyncComputer,
    FunctionTool,
    GuardrailFunctionOutput,
    Handoff,
    HandoffInputData,
    Model,
    RunContextWrapper,
    RunHooks,
    ToolGuardrailFunctionOutput,
    ToolInputGuardrailData,
    function_tool,
    handoff,
)
from agents.editor import ApplyPatchOperation, ApplyPatchResult
from agents.testing import ScriptedModel, assistant_message
from agents.tracing import TracingProcessor


@dataclass
class Order:
    """An order as the shop keeps it."""

    number: int
    item: str


@dataclass
class Question:
    """What a researcher is asked, and how long the answer may be."""

    topic: str
    words: int


@dataclass
class Complaint:
    """Why a customer is handed over."""

    reason: str


def find_order(number: int) -> str:
    """Find an order by its number."""
    return f"Order {number} is on its way."


def refund(number: int, reason: str) -> str:
    """Pay an order back."""
    return f"Order {number} is paid back: {reason}."


def track(number: int) -> Order:
    """Track a parcel."""
    return Order(number, "tea")


def currency_tools(currency: str) -> list[FunctionTool]:
    """Make the tools of a shop that sells in one currency."""

    @function_tool
    def price(item: str) -> str:
        """Tell what an item costs."""
        return f"{item} costs 3 {currency}."

    return [price]


def instructions(context: RunContextWrapper[Any], agent: Agent[Any]) -> str:
    return f"You are {agent.name}. Answer politely."


def is_open(context: RunContextWrapper[Any], agent: Agent[Any]) -> bool:
    return True


def explain(context: RunContextWrapper[Any], error: Exception) -> str:
    return f"The tool failed: {error}"


async def is_large(context: RunContextWrapper[Any], arguments: dict[str, Any], call: str) -> bool:
    return int(arguments["number"]) > 100


def no_secrets(data: ToolInputGuardrailData) -> ToolGuardrailFunctionOutput:
    if "password" in data.context.tool_arguments:
        return ToolGuardrailFunctionOutput.reject_content("Passwords stay out of it.")
    return ToolGuardrailFunctionOutput.allow()


def no_pii(context: RunContextWrapper[Any], agent: Agent[Any], data: Any) -> Any:
    return GuardrailFunctionOutput(None, tripwire_triggered="@" in str(data))


def without(words: list[str]) -> Any:
    """Make a guardrail that trips at one of the words."""

    def check(context: RunContextWrapper[Any], agent: Agent[Any], data: Any) -> Any:
        found = [word for word in words if word in str(data)]
        return GuardrailFunctionOutput(found, tripwire_triggered=bool(found))

    return check


def last_five(data: HandoffInputData) -> HandoffInputData:
    history = data.input_history
    return data.clone(input_history=history[-5:] if isinstance(history, tuple) else history)


def take_note(context: RunContextWrapper[Any], complaint: Complaint) -> None:
    """Keep why a customer was handed over."""


def to_billing(agent: Agent[Any]) -> Handoff[Any, Any]:
    """Make a handoff that says what the desk may not do."""
    return handoff(agent, tool_description_override="Hand over whatever is about money.")


def give_up(given: Any) -> dict[str, str]:
    return {"final_output": f"I could not finish this: {type(given.error).__name__}."}


def can_sell(context: Any, tool: Any) -> bool:
    return not tool.name.startswith("delete")


class Journal(RunHooks[Any]):
    """Writes down what a run does."""

    def __init__(self, path: str = "journal.log") -> None:
        self.path = path


class Traces(TracingProcessor):
    """Writes down the traces of a run."""

    def on_trace_start(self, trace: Any) -> None: ...
    def on_trace_end(self, trace: Any) -> None: ...
    def on_span_start(self, span: Any) -> None: ...
    def on_span_end(self, span: Any) -> None: ...
    def shutdown(self) -> None: ...
    def force_flush(self) -> None: ...


class AgentJournal(AgentHooks[Any]):
    """Writes down what an agent does."""


class House:
    """Answers for models that are written `house/...`, as a `litellm.CustomLLM`."""


def echo(greeting: str) -> Model:
    """Make a model that always says the same."""
    return ScriptedModel([[assistant_message(greeting)]])


class Notebook:
    """A session in memory, with the four methods of the SDK's `Session`."""

    session_settings = None

    def __init__(self, session_id: str, limit: int) -> None:
        self.session_id, self.limit, self.items = session_id, limit, list[Any]()

    async def get_items(self, limit: int | None = None) -> list[Any]:
        return self.items[-(limit or self.limit) :]

    async def add_items(self, items: list[Any]) -> None:
        self.items += items

    async def pop_item(self) -> Any:
        return self.items.pop() if self.items else None

    async def clear_session(self) -> None:
        self.items.clear()


async def run_commands(request: Any) -> str:
    return "done"


async def calculate(context: Any, text: str) -> str:
    return str(len(text))


class Editor:
    """Says that each file was changed, and changes none."""

    def create_file(self, operation: ApplyPatchOperation) -> ApplyPatchResult:
        return ApplyPatchResult(status="completed")

    update_file = delete_file = create_file


class Screen(AsyncComputer):
    """A screen with nothing on it."""

    environment = "browser"
    dimensions = (800, 600)

    async def screenshot(self) -> str:
        return ""

    async def click(self, x: int, y: int, button: Any) -> None: ...
    async def double_click(self, x: int, y: int) -> None: ...
    async def scroll(self, x: int, y: int, scroll_x: int, scroll_y: int) -> None: ...
    async def type(self, text: str) -> None: ...
    async def wait(self) -> None: ...
    async def move(self, x: int, y: int) -> None: ...
    async def keypress(self, keys: list[str]) -> None: ...
    async def drag(self, path: list[tuple[int, int]]) -> None: ...


def is_busy(context):
    return context.normalized.error_code == "overloaded"
