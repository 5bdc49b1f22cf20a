"""An agent file with new values in its assertions: made, proved, and put in its place."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from typing import Any

from yamlagents.runtime.writing import replace
from yamlagents.spec.loader import check
from yamlagents.spec.records import Spec
from yamlagents.spec.text.document import Document
from yamlagents.spec.text.edits import CannotEdit, Editing, applied, same_data
from yamlagents.spec.text.reader import parse
from yamlagents.spec.text.replacement import Edit
from yamlagents.testing.blessing import Change

_BOM = "\ufeff".encode()


class Draft:
    """A new text of an agent file, and the changes that are in it. Nothing is written yet."""

    def __init__(self, spec: Spec, allow: tuple[str, ...]) -> None:
        self.changes: list[Change] = []
        self._spec = spec
        self._allow = allow
        # The text that was run, which may not be the one that is there by now.
        self._source = spec.tests[0].place.source
        self.text = self._source.text
        self.before = self._parsed(self.text)
        self._edits: list[Edit] = []

    def take(self, changes: Sequence[Change]) -> dict[int, str]:
        """Take what can be taken, and give for the rest, by the `id` of the change, why not."""
        if not changes or self._add(changes) is None:
            return {}
        # One by one: what stands in the way of one does not in that of the others.
        refused = ((id(change), self._add([change])) for change in changes)
        return {change: reason for change, reason in refused if reason is not None}

    def _add(self, changes: Sequence[Change]) -> str | None:
        """Take all of `changes`, or say why they cannot be taken."""
        edits = list(self._edits)
        try:
            editing = Editing(self.before)
            for change in changes:
                edits += editing.replace(change.keys, change.new)
        except CannotEdit as error:
            return str(error)
        text = applied(self._source.text, edits)
        data = copy.deepcopy(self.before.data)
        for change in (*self.changes, *changes):
            _put(data, change)
        if not same_data(self._parsed(text).data, data):
            return "it cannot be written so that it reads back the same"
        checked = check(self._spec.file, text=text.encode(), allow=self._allow, unset="error")
        errors = [problem for problem in checked.problems if problem.severity == "error"]
        if errors:
            return f"the file would not load: {errors[0].message}"
        self.text, self._edits = text, edits
        self.changes += changes
        return None

    def after(self) -> Document:
        """Give the new text with its places."""
        return self._parsed(self.text)

    def write(self) -> str | None:
        """Put the new text in the place of the file, or say why not."""
        path = self._spec.file
        try:
            content = path.read_bytes()
            if content.removeprefix(_BOM) != self._source.text.encode():
                return "the file has changed meanwhile"
            if not os.access(path, os.W_OK):
                return "the file is read-only"
            mark = _BOM if content.startswith(_BOM) else b""
            replace(path, mark + self.text.encode(), mode=path.stat().st_mode)
        except OSError as error:
            return f"the file cannot be written: {(error.strerror or str(error)).lower()}"
        return None

    def _parsed(self, text: str) -> Document:
        folder = self._spec.file.parent
        content = text.encode("utf-8", "replace")
        return parse(content, self._source.name, folder, environ=os.environ, unset="error")


def _put(data: Any, change: Change) -> None:
    for key in change.keys[:-1]:
        data = data[key]
    data[change.keys[-1]] = change.new
