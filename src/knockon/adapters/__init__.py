"""The outside world: one folder a plug-in."""
