"""The SDK's fields and an agent file's keys are the same, but for what the table explains."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import agents
import pytest
from agents import Agent, RunConfig, Runner, handoff
from agents.extensions import memory
from agents.mcp.server import MCPServerStdioParams
from agents.run_config import SandboxRunConfig
from agents.sandbox import Capability, Manifest, SandboxAgent, SnapshotSpec
from agents.sandbox.entries import BaseEntry

from tests.format_values import inherited
from tests.parity import (
    NOTHING,
    SCHEMA,
    Part,
    Source,
    arguments,
    attributes,
    covered,
    definitions,
    gaps,
    keys,
    properties,
    words,
)
from tests.parity_reasons import DIFFERENT, LEFT_OUT, OURS
from tests.parity_table import PARTS
from yamlagents.sdk.hosted import KINDS

# Types of the SDK that others are of: no file would name them.
GENERAL = {
    *("Tool", "FunctionTool", "Session", "OpenAIResponsesCompactionAwareSession", "MCPServer"),
    "Mount",
}
