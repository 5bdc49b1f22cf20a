"""As in `pymongo`."""


class ReadPreference:
    PRIMARY = "primary"
