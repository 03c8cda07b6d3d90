"""The agent controller: keeps the model servers of this host running."""
