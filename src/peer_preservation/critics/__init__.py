"""Scripted critics of known behaviour, offered to Inspect as a model provider."""
