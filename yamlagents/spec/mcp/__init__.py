"""MCP servers of an agent file: as data, and checked."""
