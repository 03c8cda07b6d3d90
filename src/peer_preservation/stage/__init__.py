"""The only code that talks to a sandbox: puts a world in, brings evidence out."""
