"""MCP servers: started, named apart, filtered, told of when they fail, and closed."""
