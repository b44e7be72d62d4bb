"""The plant as arrays."""
