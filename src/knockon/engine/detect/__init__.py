"""From signals and rules to findings."""
