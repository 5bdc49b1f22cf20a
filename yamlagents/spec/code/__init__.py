"""Python that a file names: found and read, never imported."""
