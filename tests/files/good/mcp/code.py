class Auth:
    def __init__(self, realm: str) -> None:
        self.realm = realm


def meta(context: object) -> None: ...


extract = handle = check = tell = client = read_only = risky = meta
