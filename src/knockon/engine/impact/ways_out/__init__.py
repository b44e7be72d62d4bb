"""Ways out of a late order: what would still save it, until when, and at what price."""
