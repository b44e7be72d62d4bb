"""What is happening: orders, schedule, lots, genealogy, stock, inspections, shipments."""
