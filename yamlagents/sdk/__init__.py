"""From a spec to objects of the Agents SDK."""
