"""What a machine's own state word means."""

from enum import StrEnum


class Running(StrEnum):
    """The three things a machine can be doing, and not knowing."""

    RUNNING = "running"
    STOPPED = "stopped"
    """Down by a cause of its own."""
    IDLE = "idle"
    """Able to run, but without work, starved, blocked or not on shift."""
    UNKNOWN = "unknown"


_WORDS: dict[Running, frozenset[str]] = {
    Running.RUNNING: frozenset(
        {"run", "running", "execute", "executing", "active", "auto", "producing", "on"}
    ),
    Running.STOPPED: frozenset(
        {
            "stop",
            "stopped",
            "down",
            "fault",
            "alarm",
            "error",
            "emergency_stop",
            "estop",
            "aborted",
            "aborting",
            "held",
            "holding",
            "breakdown",
        }
    ),
    Running.IDLE: frozenset(
        {
            "idle",
            "ready",
            "standby",
            "suspended",
            "suspending",
            "starved",
            "blocked",
            "setup",
            "complete",
            "off",
        }
    ),
}
_BY_WORD = {word: state for state, words in _WORDS.items() for word in words}


def read_state(code: str) -> Running:
    """Return what a state word says, regardless of case and of ``-`` or blanks for ``_``.

    Words are those of PackML (ISA-TR88.00.02), MTConnect Execution and common gateways. PackML's
    *suspended* has an outside cause and is no stop; *held* has an inside one and is.
    """
    word = code.strip().casefold().replace("-", "_").replace(" ", "_")
    return _BY_WORD.get(word, Running.UNKNOWN)
