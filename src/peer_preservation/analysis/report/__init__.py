"""The report: what logs say, from what was run to what limits it."""
