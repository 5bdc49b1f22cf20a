"""As in `pymongo`."""

from typing import NamedTuple


class DriverInfo(NamedTuple):
    name: str
    version: str | None = None
