"""The response: for now, who is told what."""
