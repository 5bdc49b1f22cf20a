def find() -> str:
    return ""
