"""Collections that are worked out when somebody first asks."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import Generic, TypeVar, overload

Key = TypeVar("Key")
Value = TypeVar("Value")
Member = TypeVar("Member")
Whole = TypeVar("Whole")


class _Later(Generic[Whole]):
    """What ``load`` gives, once."""

    __slots__ = ("_load", "_whole")

    def __init__(self, load: Callable[[], Whole]) -> None:
        self._load = load
        self._whole: Whole | None = None

    def get(self) -> Whole:
        if self._whole is None:
            self._whole = self._load()
        return self._whole


class LaterMapping(Mapping[Key, Value]):
    """A mapping that is loaded at the first question."""

    __slots__ = ("_later",)

    def __init__(self, load: Callable[[], Mapping[Key, Value]]) -> None:
        self._later = _Later(load)

    def __getitem__(self, key: Key) -> Value:
        """Return the value of a key."""
        return self._later.get()[key]

    def __contains__(self, key: object) -> bool:
        """Return whether there is a value."""
        return key in self._later.get()

    def __iter__(self) -> Iterator[Key]:
        """Yield the keys."""
        return iter(self._later.get())

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self._later.get())


class LaterSet(Set[Member]):
    """A set that is loaded at the first question."""

    __slots__ = ("_later",)

    def __init__(self, load: Callable[[], Set[Member]]) -> None:
        self._later = _Later(load)

    def __contains__(self, member: object) -> bool:
        """Return whether it is in the set."""
        return member in self._later.get()

    def __iter__(self) -> Iterator[Member]:
        """Yield the members."""
        return iter(self._later.get())

    def __len__(self) -> int:
        """Return how many members there are."""
        return len(self._later.get())


class LaterSequence(Sequence[Value]):
    """A sequence that is loaded at the first question."""

    __slots__ = ("_later",)

    def __init__(self, load: Callable[[], Sequence[Value]]) -> None:
        self._later = _Later(load)

    @overload
    def __getitem__(self, place: int) -> Value: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Value]: ...
    def __getitem__(self, place: int | slice) -> Value | Sequence[Value]:
        """Return one value, or some of them."""
        return self._later.get()[place]

    def __len__(self) -> int:
        """Return how many values there are."""
        return len(self._later.get())
