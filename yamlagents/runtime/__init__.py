"""Runs a team and tells what happens as typed events."""
