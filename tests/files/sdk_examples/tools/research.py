"""Tools of the research example."""


def search_web(query: str) -> str:
    """Search the web."""
    return f"Results for {query}: one, two, three."
