"""Looks at a machine, at services and at a configuration, and says what to do."""
