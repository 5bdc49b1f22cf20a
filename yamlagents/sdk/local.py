"""Hosted tools that run here: what carries out their calls, put behind something else."""

from __future__ import annotations

import copy
import inspect
import logging
from abc import ABCMeta
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from agents import (
    ApplyPatchTool,
    AsyncComputer,
    Computer,
    ComputerProvider,
    ComputerTool,
    CustomTool,
    LocalShellTool,
    ShellTool,
    Tool,
)
from agents.editor import ApplyPatchEditor, ApplyPatchOperation

log = logging.getLogger("yamlagents.tools")

_ACTIONS = (
    *("screenshot", "click", "double_click", "scroll", "type"),
    *("wait", "move", "keypress", "drag"),
)
# What a computer without a screen shows: one pixel.
NO_PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True)
class LocalCall:
    """What a local tool is to do.

    `type` is that of the item of a reply that asks for it. `id` is that of the call, or None where
    the SDK does not tell it; `asked` is then what the item asks for: the operation of a patch, the
    name of one action of a computer.
    """

    type: str
    name: str
    id: str | None
    asked: Any = None


Real = Callable[[], Awaitable[Any]]
Around = Callable[[LocalCall, Real], Awaitable[Any]]


def is_local(tool: Tool) -> bool:
    """Tell whether code of the project carries out what the provider's model asks a tool for."""
    if isinstance(tool, ShellTool):
        return tool.executor is not None
    return isinstance(tool, LocalShellTool | ApplyPatchTool | ComputerTool | CustomTool)


def behind(tool: Tool, around: Around, *, lazily: bool = True) -> Tool:
    """Give a copy of a local tool whose calls go to `around`, with what would carry them out.

    A computer that is made for each run is made when an action first needs it; without `lazily`
    when the run starts, since models of old are told how large it is.
    """
    if isinstance(tool, ComputerTool):
        return replace(tool, computer=_computer(tool.computer, around, lazily))
    if isinstance(tool, ApplyPatchTool):
        return replace(tool, editor=_Editor(tool.name, tool.editor, around))
    if isinstance(tool, CustomTool):
        run = tool.on_invoke_tool

        async def invoke(context: Any, text: str) -> Any:
            call = LocalCall("custom_tool_call", tool.name, context.tool_call_id)
            return await around(call, lambda: _given(run(context, text)))

        # Not by `replace`: sandboxes have a kind that is not made of its fields.
        custom = copy.copy(tool)
        custom.on_invoke_tool = invoke
        return custom
    assert isinstance(tool, ShellTool | LocalShellTool), "the kinds that is_local knows"
    return replace(tool, executor=_executor(tool, around))


def _executor(tool: ShellTool | LocalShellTool, around: Around) -> Any:
    real: Any = tool.executor
    kind = "shell_call" if isinstance(tool, ShellTool) else "local_shell_call"

    async def execute(request: Any) -> Any:
        call = LocalCall(kind, tool.name, request.data.call_id)
        return await around(call, lambda: _given(real(request)))

    return execute


class _Editor:
    """Hands operations on to `around`, with the editor that would carry them out."""

    def __init__(self, name: str, real: ApplyPatchEditor, around: Around) -> None:
        self._name = name
        self._real = real
        self._around = around

    async def create_file(self, operation: ApplyPatchOperation) -> Any:
        return await self._do(self._real.create_file, operation)

    async def update_file(self, operation: ApplyPatchOperation) -> Any:
        return await self._do(self._real.update_file, operation)

    async def delete_file(self, operation: ApplyPatchOperation) -> Any:
        return await self._do(self._real.delete_file, operation)

    async def _do(self, real: Callable[..., Any], operation: ApplyPatchOperation) -> Any:
        # The run around is none of a copy's business.
        parts = asdict(replace(operation, ctx_wrapper=None))
        asked = {key: value for key, value in parts.items() if value is not None}
        call = LocalCall("apply_patch_call", self._name, None, asked)
        return await self._around(call, lambda: _given(real(operation)))


def _computer(found: Any, around: Around, lazily: bool) -> Any:
    """Give a computer, or what makes one for each run, whose actions go to `around`."""
    if isinstance(found, Computer | AsyncComputer):

        async def ready() -> Any:
            return found

        return _Screen(around, ready, shown=found)
    is_provider = isinstance(found, ComputerProvider)
    create = found.create if is_provider else found

    async def made(*, run_context: Any) -> Any:
        async def real() -> Any:
            return await _given(create(run_context=run_context))

        screen: Any = _Screen(around, real)
        if not lazily:
            screen.shown = await screen.real()
        return screen

    async def disposed(*, run_context: Any, computer: Any) -> None:
        if is_provider and found.dispose is not None and computer.is_made:
            real = await computer.real()
            await _given(found.dispose(run_context=run_context, computer=real))

    return ComputerProvider(create=made, dispose=disposed)


class _Actions:
    """A computer that hands each action on to `around`, with the one that would do it."""

    def __init__(self, around: Around, make: Real, shown: Any = None) -> None:
        self._around = around
        self._make = make
        self._made: Any = None
        self.shown = shown

    @property
    def environment(self) -> Any:
        return getattr(self.shown, "environment", None)

    @property
    def dimensions(self) -> Any:
        return getattr(self.shown, "dimensions", None)

    @property
    def is_made(self) -> bool:
        return self._made is not None

    async def real(self) -> Any:
        if self._made is None:
            self._made = await self._make()
        return self._made

    async def do(self, action: str, *args: Any, **named: Any) -> Any:
        async def act() -> Any:
            method = getattr(await self.real(), action)
            return await _given(method(*args, **_supported(method, named)))

        call = LocalCall("computer_call", "computer_use_preview", None, action)
        return await self._around(call, act)


def _action(name: str) -> Callable[..., Awaitable[Any]]:
    async def act(self: _Actions, *args: Any, **named: Any) -> Any:
        return await self.do(name, *args, **named)

    return act


# Made here, since all of its actions are alike.
_Screen: Any = ABCMeta(
    "_Screen", (_Actions, AsyncComputer), {name: _action(name) for name in _ACTIONS}
)


def _supported(method: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what a computer's action does not take, as the SDK does: keys that are held."""
    known = inspect.signature(method).parameters
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in known.values()):
        return dict(named)
    dropped = [name for name in named if name not in known]
    if dropped:
        log.warning("the computer's %s does not take %s", method.__name__, ", ".join(dropped))
    return {name: value for name, value in named.items() if name in known}


async def _given(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


async def _sampled(call: LocalCall, real: Real) -> Any:
    """Do nothing, and say that it was done."""
    if call.type != "computer_call":
        return "sample"
    return NO_PICTURE if call.asked == "screenshot" else None


def stubbed(tool: Tool) -> Tool:
    """Give a copy of a local tool that carries out nothing."""
    return behind(tool, _sampled)


def without_computers(tools: list[Tool]) -> list[Tool]:
    """Give tools with stand-ins for computers, which are made for a run that may not use them."""
    return [stubbed(tool) if isinstance(tool, ComputerTool) else tool for tool in tools]
