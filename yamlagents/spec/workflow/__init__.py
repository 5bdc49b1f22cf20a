"""Agents in sequence, in parallel and in loops: as data, and checked."""
