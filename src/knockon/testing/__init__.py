"""The shipped test kit: fakes, checks for plug-ins, plant builders."""
