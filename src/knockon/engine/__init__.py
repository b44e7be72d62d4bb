"""Verbs: pure functions on arrays; no input or output, no clock, no framework."""
