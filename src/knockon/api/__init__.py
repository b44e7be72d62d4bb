"""The REST face: version 1 of the contract for other programs."""
