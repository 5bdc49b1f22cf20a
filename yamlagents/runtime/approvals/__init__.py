"""Tool calls that wait for a yes or no: who decides, by which rules, and runs that are kept."""
