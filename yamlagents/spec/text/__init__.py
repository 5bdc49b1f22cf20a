"""YAML text: read with a place for every value, written, changed in place, shown with a caret."""
