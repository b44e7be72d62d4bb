"""The PostgreSQL that Knockon brings along, started and stopped with the process."""
