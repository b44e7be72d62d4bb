"""Nouns: frozen values, enumerations, events and errors; standard library only."""
