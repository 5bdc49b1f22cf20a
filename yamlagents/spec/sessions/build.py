"""From the checked `run.session` to frozen data."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any

from yamlagents.spec.code import coderefs
from yamlagents.spec.models.access import obstacles
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.sessions.kinds import CODE_KIND, DEFAULT_KIND, MEMORY, WRAPPERS
from yamlagents.spec.sessions.records import SessionSpec
from yamlagents.spec.variables import unset

_OWN_KEYS = ("type", "id", "underlying_session", "use", "with")


def session_of(scope: Scope) -> SessionSpec | None:
    """Give the store of sessions of the nearest file that names one; stores are not merged."""
    field = scope.setting("run", "session")
    return store_of(field, scope) if field is not None else None


def store_of(field: Field, scope: Scope) -> SessionSpec:
    """Give the store of sessions that is written at `field`."""
    data = field.value if isinstance(field.value, dict) else {}
    is_code = "use" in data or (isinstance(field.value, str) and ":" in field.value)
    kind = CODE_KIND if is_code else _kind(field)
    below = field.part("underlying_session")
    root = scope.project.root
    underlying = None
    if kind in WRAPPERS:
        default = SessionSpec(DEFAULT_KIND, field.place, root)
        underlying = store_of(below, scope) if below.value is not None else default
    return SessionSpec(
        kind=kind,
        place=field.place,
        root=root,
        id=data.get("id"),
        options=MappingProxyType(_options(field, scope)),
        code=coderefs.code_of(field, scope) if is_code and coderefs.names_code(field) else None,
        underlying=underlying,
        obstacles=tuple(
            problem for _, problem in obstacles(field.document, unset(field.value, field.keys))
        ),
    )


def _kind(field: Field) -> str:
    if isinstance(field.value, dict):
        return str(field.value.get("type", DEFAULT_KIND))
    return str(field.value)


def _options(field: Field, scope: Scope) -> dict[str, Any]:
    data = field.value if isinstance(field.value, dict) else {}
    given = {k: v for k, v in data.items() if k not in _OWN_KEYS and not k.startswith("x-")}
    path = field.part("db_path")
    if path.text is not None and path.text != MEMORY:
        given["db_path"] = path.folder / Path(path.text).expanduser()
    decide = field.part("should_trigger_compaction")
    if coderefs.names_code(decide):
        given["should_trigger_compaction"] = coderefs.code_of(decide, scope)
    return given
