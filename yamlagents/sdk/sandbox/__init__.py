"""Sandboxes: workspaces, what agents can do in them, who makes them, and who stands in for them."""
