class House:
    pass


def make(region=""):
    pass


def find(q: str) -> str:
    return q


def later(q: str) -> str:
    return q
