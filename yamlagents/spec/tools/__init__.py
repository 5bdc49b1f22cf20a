"""Tools, handoffs, guardrails and output of an agent: as data, and the names they go by."""
