"""Recorded exchanges: written, read, replayed, and missed in words."""
