"""Questions to the engine that write nothing."""
