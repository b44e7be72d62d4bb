"""Sealed genealogies: files beside the data base that save building them again."""
