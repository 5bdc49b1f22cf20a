"""Sandboxes of agents: what is in a workspace, what an agent can do there, and where it is."""
