"""What the factory is: equipment, tools, items, bills of materials, routings, partners."""
