#!/usr/bin/python3 -I
"""Starts the agent controller."""

import importlib
import sys

sys.path.insert(0, "/usr/lib/agentd")
importlib.import_module("agentd.main").main()
