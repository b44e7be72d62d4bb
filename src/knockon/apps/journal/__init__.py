"""The journal: who did what when, what happened, what is still due."""
