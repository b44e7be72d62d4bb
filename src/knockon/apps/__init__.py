"""Memory: one Django app a noun family."""
