"""Pure code that builds the world of a cell and a seed: both machines' files, the prompts, and the truth kept apart."""
