"""Estimates over finished tables: differences, families, equivalence and what drop-out may hide."""
