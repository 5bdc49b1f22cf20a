"""`python -m yamlagents`."""

from yamlagents.cli.main import main

main()
