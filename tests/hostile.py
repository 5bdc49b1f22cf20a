"""Texts made to break a reader of YAML, and the code of the problem that each is met with."""

from __future__ import annotations

AGENTS = b"agents: {weather: {model: openai/gpt-4.1}}\n"


def _nest(step: bytes, levels: int) -> bytes:
    return b"x-a: " + step * levels


def _stairs(line: bytes, levels: int, end: bytes = b"\n") -> bytes:
    """One level a line, each indented by one more space than the one above."""
    return b"".join(b" " * level + line + end for level in range(levels))


def _laughs(levels: int, width: int) -> bytes:
    lines = [b"x-0: &a0 [" + b"ha, " * width + b"]\n"]
    for level in range(1, levels):
        lines.append(b"x-%d: &a%d [%s]\n" % (level, level, b"*a%d, " % (level - 1) * width))
    return b"".join(lines) + AGENTS


def _merges(levels: int, width: int) -> bytes:
    lines = [b"x-0: &a0 {a: 1, b: 2}\n"]
    for level in range(1, levels):
        parts = b"*a%d, " % (level - 1) * width
        lines.append(b"x-%d: &a%d {<<: [%s]}\n" % (level, level, parts))
    return b"".join(lines) + AGENTS


def _wide_merge(keys: int, times: int) -> bytes:
    pairs = b", ".join(b"k%d: 1" % number for number in range(keys))
    return b"x-0: &a {%s}\nx-1: {<<: [%s]}\n" % (pairs, b"*a, " * times) + AGENTS


def _chain(levels: int) -> bytes:
    lines = [b"x-0: &a0 []\n"]
    lines += [b"x-%d: &a%d [*a%d]\n" % (n, n, n - 1) for n in range(1, levels)]
    return b"".join(lines) + AGENTS


_METADATA = b"agents: {weather: {model: openai/gpt-4.1, metadata: {a: %s}}}\n"
_MIB = 1024 * 1024

# Each with the code of a problem that it has.
HOSTILE: dict[str, tuple[str, bytes]] = {
    "brackets": ("too-deep", _nest(b"[", 25_000)),
    "brackets-closed": ("too-deep", _nest(b"[", 25_000) + b"]" * 25_000),
    "a-million-brackets": ("too-deep", _nest(b"[", _MIB)),
    "braces": ("too-deep", _nest(b"{a: ", 25_000)),
    "dashes": ("too-deep", b"- " * 30_000 + b"a\n"),
    "dashes-and-tabs": ("syntax", b"-\t" * 30_000 + b"a\n"),
    "question-marks": ("too-deep", b"? " * 30_000 + b"a\n"),
    "stairs": ("too-deep", _stairs(b"a:", 2_000)),
    "stairs-with-carriage-returns": ("too-deep", _stairs(b"a:", 2_000, b"\r")),
    "stairs-of-dashes": ("too-deep", _stairs(b"-", 2_000)),
    "billion-laughs": ("too-many-nodes", _laughs(9, 9)),
    "more-laughs": ("too-many-nodes", _laughs(60, 60)),
    "two-million-values": ("too-many-nodes", b"x-a: [" + b"1," * 2_000_000 + b"]\n"),
    "recursive-alias": ("recursive-alias", b"x-a: &a [*a]\n" + AGENTS),
    "recursive-merge": ("recursive-alias", b"x-a: &a {<<: *a}\n" + AGENTS),
    "recursive-agent": ("recursive-alias", b"agents: &a {weather: {<<: *a}}\n"),
    "merge-bomb": ("too-many-nodes", _merges(9, 9)),
    "merge-below-the-bound": ("unknown-key", b"a: 1\n" + _merges(6, 9)),
    "wide-merge": ("too-many-nodes", _wide_merge(100_000, 500_000)),
    "alias-chain": ("too-deep", _chain(5_000)),
    "long-integer": ("bad-scalar", _METADATA % (b"1" * 5_000)),
    "very-long-integer": ("bad-scalar", _METADATA % (b"1" * _MIB)),
    "long-hexadecimal": ("bad-scalar", _METADATA % (b"0x" + b"f" * 5_000)),
    "long-fraction": ("bad-scalar", _METADATA % (b"0." + b"1" * 100_000)),
    "huge-exponent": ("bad-scalar", _METADATA % b"1e99999999"),
    "infinity": ("bad-scalar", _METADATA % b"-.inf"),
    "python-object": ("unknown-tag", _METADATA % b"!!python/object/apply:os.system [id]"),
    "binary": ("unknown-tag", _METADATA % b"!!binary aGVsbG8="),
    "set": ("unknown-tag", _METADATA % b"!!set {a, b}"),
    "ordered-map": ("unknown-tag", _METADATA % b"!!omap [a: 1]"),
    "own-tag": ("unknown-tag", b"%TAG ! tag:example.com,2026:\n---\na: !b c\n"),
    "duplicate-keys": ("duplicate-key", b"agents: {}\n" + AGENTS),
    "many-duplicate-keys": ("duplicate-key", b"x-a: {" + b"a: 1, " * 100_000 + b"}\n" + AGENTS),
    "many-wrong-items": ("too-many-problems", b"include: [" + b"1, " * 200_000 + b"]\n"),
    "many-unknown-keys": (
        "too-many-problems",
        b"".join(b"k%d: 1\n" % number for number in range(100_000)),
    ),
    "many-unknown-agents": (
        "too-many-problems",
        b"agents: {weather: {model: openai/gpt-4.1, handoffs: ["
        + b", ".join(b"weather%d" % number for number in range(100_000))
        + b"]}}\n",
    ),
    "many-equal-mappings": (
        "required-key",
        b"agents: {weather: {model: openai/gpt-4.1, handoffs: ["
        + b", ".join(b"{a: %d}" % number for number in range(50_000))
        + b"]}}\n",
    ),
    "not-utf-8": ("not-utf-8", b"agents: {weather: {model: openai/caf\xe9}}\n"),
    "utf-16": ("not-utf-8", AGENTS.decode().encode("utf-16")),
    "surrogates": ("not-utf-8", b"x-a: \xed\xa0\x80\n"),
    "null": ("syntax", b"agents:\0 {}\n"),
    "control-character": ("syntax", b"x-a: \x1b[31m\n"),
    "delete-character": ("syntax", b"x-a: \x7f\n"),
    "escaped-null": ("missing-file", b'include: ["a\\0b.yaml"]\n' + AGENTS),
    "long-file-name": ("missing-file", b"include: [" + b"a" * 5_000 + b"]\n" + AGENTS),
    "two-documents": ("syntax", AGENTS + b"---\n" + AGENTS),
    "empty": ("empty-file", b""),
    "white-space": ("empty-file", b" \n\n"),
    "only-comments": ("empty-file", b"# agents:\n#   weather: {}\n"),
    "only-a-marker": ("no-agents", b"---\n"),
    "too-large": ("too-large", AGENTS + b"# comment\n" * (_MIB // 2)),
    "long-line": ("too-large", b"x-a: '" + b"a" * (8 * _MIB) + b"'\n" + AGENTS),
    "long-key": ("unknown-key", b"a" * 900 + b": 1\n" + AGENTS),
    "long-secret-line": ("unknown-key", b"y: '" + b"a-token-" * 100_000 + b"'\n" + AGENTS),
    "dollars": ("bad-variable", b"x-a: " + b"${" * 100_000 + b"\n" + AGENTS),
    "unset-variables": ("wrong-type", b"x-a: " + b"${UNSET_A}" * 100_000 + b"\nagents: 1\n"),
}

# What a plain loader makes something else of; here it is the text, or the number, that it looks.
VALUES: dict[str, object] = {
    "no": "no",
    "on": "on",
    "off": "off",
    "yes": "yes",
    "y": "y",
    "True": True,
    "false": False,
    "~": None,
    "Null": None,
    "1:30": "1:30",
    "1:59:59": "1:59:59",
    "12:30:45": "12:30:45",
    "1_0": "1_0",
    "012": 12,
    "0o17": 15,
    "0x1F": 31,
    "0b11": "0b11",
    "1e3": 1000.0,
    "-.5": -0.5,
    "+12": 12,
    "1.": 1.0,
    "2026-11-22": "2026-11-22",
    "2026-13-99": "2026-13-99",
    "=": "=",
    "<<": "<<",
    "!!str 12": "12",
    "!!int '12'": 12,
    "!!float 1": 1.0,
    "'no'": "no",
    '"\\u00e9"': "\u00e9",
}
