"""Seams: protocols between the house and the outside, and their registry by entry points."""
