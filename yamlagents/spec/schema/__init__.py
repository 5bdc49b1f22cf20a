"""The published JSON Schema, and in people's words what does not fit it."""
