#!/usr/bin/python3 -I
"""Starts the guard of this host's process limit."""

import importlib
import sys

sys.path.insert(0, "/usr/lib/agentd")
importlib.import_module("agentd.limits").main()
