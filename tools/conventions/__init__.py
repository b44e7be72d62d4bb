"""What linters cannot see, one small check each."""
