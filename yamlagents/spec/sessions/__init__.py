"""Where conversations are kept: as data, and checked."""
