"""Secrets: what gives one away, where one is written down, problems that show none."""
