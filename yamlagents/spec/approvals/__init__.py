"""Patterns of tool calls: what to approve and to deny, in files and on a command line."""
