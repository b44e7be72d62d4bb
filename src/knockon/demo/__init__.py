"""The digital factory."""
