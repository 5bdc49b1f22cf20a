def find(q: str) -> str:
    return q


look = seek = find
