"""What each command does; loaded only when Django stands on a data base."""
