"""Test cases of an agent file: as data, and checked."""
