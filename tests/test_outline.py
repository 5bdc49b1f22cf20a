"""What the source of a tool file tells without running it: what is a tool, or may be one."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from yamlagents.spec.loader import check

Write = Callable[[str, str], Path]


def codes(write: Write, *tools: str) -> list[str]:
    """Give the codes of what is wrong with an agent that has the tools."""
    text = f"agents: {{solo: {{model: openai/gpt-4.1, tools: [{', '.join(tools)}]}}}}\n"
    return [problem.code for problem in check(write("agents.yaml", text)).problems]


@pytest.mark.parametrize(
    "code",
    [
        "with open(__file__) as a: pass",
        "for a in (print,): pass",
        "for b, (*a, c) in ((1, (2, 3)),): pass",
        "if (a := print): pass",
        "[(a := x) for x in (print,)]",
        "match print:\n    case a: pass",
        "match [print]:\n    case [*a]: pass",
        "match {}:\n    case {1: int() as b, **a}: pass",
        "try:\n    import nope as a\nexcept ImportError:\n    def a(): pass",
        "try:\n    pass\nexcept OSError as b: pass\nelse:\n    def a(): pass",
        "a = None\ndef a(): pass",
        "class a: pass\na = print",
        "@print\nclass a: pass",
        "a: object = print",
        "a = 0\na += 1",
        "def make():\n    global a\n    a = print\nmake()",
        "globals()['a'] = print",
        "import sys\nsys.modules[__name__].a = print",
        "exec('a = print')",
        "from os.path import *",
        "while True:\n    def a(): pass\n    break",
    ],
)
def test_what_may_be_a_tool_is_let_through(write: Write, code: str) -> None:
    write("tools.py", f"{code}\n")
    assert codes(write, "tools.py:a") == []


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 has no except*")
def test_what_except_groups_bind_is_let_through(write: Write) -> None:
    write("tools.py", "try:\n    pass\nexcept* OSError:\n    def a(): pass\n")
    assert codes(write, "tools.py:a") == []


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("[a for a in ()]", "missing-name"),
        ("f = lambda a: (a, (a := 1))", "missing-name"),
        ("def f(a):\n    b = a\n    a = b", "missing-name"),
        ("class F:\n    def a(self): pass", "missing-name"),
        ("a: int", "missing-name"),
        ("b.a = c[a] = 1", "missing-name"),
        ("a = 1\na = 2", "not-a-tool"),
        ("if x:\n    class a: pass\nelse:\n    class a: pass", "not-a-tool"),
    ],
)
def test_what_cannot_be_a_tool_is_told(write: Write, code: str, problem: str) -> None:
    write("tools.py", f"{code}\n")
    assert codes(write, "tools.py:a") == [problem]


def test_a_function_with_two_names_has_none_that_is_known(write: Write) -> None:
    renamed = "    @function_tool(name_override='b')\n    def a(): pass\n"
    write("tools.py", f"def b(): pass\nif b:\n    def a(): pass\nelse:\n{renamed}")
    assert codes(write, "tools.py:a", "tools.py:b") == []
