"""One file used in several ways: includes, params, overlays, single values from outside."""
