"""Timelines and right shift, shared by impact and replan."""
