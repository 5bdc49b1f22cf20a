"""From a spec to objects of the Agents SDK."""

import agents  # before any project's folders are importable, which may hold a folder `agents/`

if not hasattr(agents, "Runner"):
    raise ImportError(
        f"'agents' is not the Agents SDK here but {agents.__file__ or list(agents.__path__)}: "
        "rename that, or start Python in another folder"
    )
