"""What the product's bars are measured with: one module per bench, run as ``knockon bench NAME``."""
