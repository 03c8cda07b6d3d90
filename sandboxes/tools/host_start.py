#!/usr/bin/python3 -I
"""Brings this host up."""

import importlib
import sys

sys.path.insert(0, "/usr/lib/agentd")
sys.exit(importlib.import_module("agentd.host_start").main())
