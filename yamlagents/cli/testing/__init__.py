"""`yamlagents test`: what it is told, runs, shows and changes."""
