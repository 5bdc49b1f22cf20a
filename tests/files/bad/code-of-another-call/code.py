from functools import cache


def one(data: object) -> object:
    return data


def search(words: str, limit: int) -> str:
    return words * limit


def with_default(context: object, agent: object, output: object, more: int = 0) -> object:
    return output


def any_number(*given: object) -> bool:
    return bool(given)


def by_name(context: object, *, error: Exception) -> str:
    return str(error)


@cache
def decorated(data: object) -> object:
    return data
