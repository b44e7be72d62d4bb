"""Disruptions: what went wrong, whom it hits, and where the case stands."""
