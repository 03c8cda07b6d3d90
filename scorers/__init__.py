"""The scorers of the tasks."""
