"""How a run goes, as an agent file says it: as data, and checked."""
