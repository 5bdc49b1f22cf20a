"""`python -m yamlagents`."""

import sys
from pathlib import Path

# Python puts the working folder first, where a project's own folder `agents/` would hide the SDK.
if sys.path and Path(sys.path[0] or ".").resolve() == Path.cwd():
    sys.path.append(sys.path.pop(0))

from yamlagents.cli.main import main  # the path had to be put right first

main()
