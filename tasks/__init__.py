"""The tasks: short compositions, what a reader opens first."""
