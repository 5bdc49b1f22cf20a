"""As in `pymongo`."""
