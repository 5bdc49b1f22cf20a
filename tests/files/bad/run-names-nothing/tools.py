LIMITS = {"last": 5}


class Journal:
    """Keeps a journal."""
