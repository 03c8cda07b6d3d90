"""The command line: `peer-preservation`."""
