"""Knockon: which customer orders a disruption hits, why, by how much, and what to do next."""

__version__ = "0.1.0"
