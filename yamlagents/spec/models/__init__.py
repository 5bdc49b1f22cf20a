"""Models of an agent file: as data, checked, with what each of their providers can."""
