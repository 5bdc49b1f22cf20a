"""An MCP server that tells the history of a repository, always the same: `python history.py`."""

from __future__ import annotations

from protocol import LISTED, serve

COMMITS = ("Ada: Add the boats", "Bob: Mend the mast", "Ada: Paint the boats")


def git_log(repo_path: str) -> str:
    """Give the commits of a repository, the oldest first."""
    return "\n".join(COMMITS)


def git_show(repo_path: str, revision: str) -> str:
    """Give one commit of a repository."""
    # How often a client asked for the tools is seen nowhere but here.
    return f"{revision}: {COMMITS[-1]}\n+ blue paint\ntools were listed {len(LISTED)} time(s)"


if __name__ == "__main__":
    serve({"git_log": git_log, "git_show": git_show}, "history")
