"""The physical plant: what really happens to lots, machines and trucks, and the records of it."""
