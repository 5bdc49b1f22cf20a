"""A deterministic model that needs no key and no network."""

from yamlagents.sdk.offline.model import OfflineModel

__all__ = ["OfflineModel"]
