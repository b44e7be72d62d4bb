"""A store room in which every piece is fetched by hand, one after the other."""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Pile:
    """A lot in the store; ``status`` as its record says."""

    name: str
    qty: int
    status: str = ""


@dataclass(frozen=True)
class Wish:
    """An order line; ``lot`` and ``promised`` are what was promised to it."""

    name: str
    qty: int
    due: int
    lot: str = ""
    promised: int = 0


@dataclass(frozen=True)
class Store:
    """One item: lots, a purchase to come, the safety stock, and who wants some."""

    piles: tuple[Pile, ...]
    bought: int
    safety: int
    wishes: tuple[Wish, ...]
    bad: frozenset[str]


@dataclass
class _Shelf:
    pieces: Counter[str]
    bought: int


def outcome(store: Store) -> dict[str, tuple[int, int, list[str]]]:
    """Return per line: pieces at risk, short ones, and where its replacements come from."""
    shelf = _Shelf(
        Counter({pile.name: pile.qty for pile in store.piles if pile.status != "hold"}),
        store.bought,
    )
    basket: dict[str, list[str]] = {wish.name: [] for wish in store.wishes}
    _hand_out_promises(store, shelf, basket)
    wanted = {
        wish.name: 0 if _is_settled(store, wish) else wish.qty - len(basket[wish.name])
        for wish in store.wishes
    }
    _fetch(store, shelf, basket, wanted)
    lost = {name: sum(piece in store.bad for piece in pieces) for name, pieces in basket.items()}
    for name in store.bad:
        shelf.pieces[name] = 0
    again: dict[str, list[str]] = {wish.name: [] for wish in store.wishes}
    _fetch(store, shelf, again, dict(lost))
    blocked = _promised_on_hold(store)
    return {
        wish.name: (
            min(wish.qty, lost[wish.name] + blocked[wish.name]),
            lost[wish.name] - len(again[wish.name]),
            again[wish.name],
        )
        for wish in store.wishes
    }


def _promised_on_hold(store: Store) -> Counter[str]:
    """Return what is promised to lines of bad lots that are on hold: theirs, and of no use."""
    found: Counter[str] = Counter()
    for pile in store.piles:
        left = pile.qty if pile.status == "hold" and pile.name in store.bad else 0
        for wish in _queue(store):
            if wish.lot == pile.name:
                found[wish.name] = min(left, wish.promised, wish.qty)
                left -= found[wish.name]
    return found


def _queue(store: Store) -> list[Wish]:
    return sorted(store.wishes, key=lambda wish: (wish.due, wish.name))


def _is_settled(store: Store, wish: Wish) -> bool:
    """Return whether all is promised from a lot that serves: then nobody looks for more."""
    serving = {pile.name for pile in store.piles if pile.status != "hold"}
    return wish.lot in serving and wish.promised >= wish.qty


def _hand_out_promises(store: Store, shelf: _Shelf, basket: dict[str, list[str]]) -> None:
    for wish in sorted(store.wishes, key=lambda wish: wish.name):
        for _ in range(min(wish.promised, wish.qty)):
            if wish.lot and shelf.pieces[wish.lot]:
                shelf.pieces[wish.lot] -= 1
                basket[wish.name].append(wish.lot)


def _fetch(
    store: Store, shelf: _Shelf, basket: dict[str, list[str]], wanted: dict[str, int]
) -> None:
    """Fetch piece by piece: above the safety stock, then what was bought, then the safety stock."""
    for wish in _queue(store):
        while wanted[wish.name]:
            above = shelf.pieces.total() > store.safety
            if above:
                basket[wish.name].append(_take(store, shelf))
            elif shelf.bought:
                shelf.bought -= 1
                basket[wish.name].append("bought")
            else:
                break
            wanted[wish.name] -= 1
    for wish in _queue(store):
        while wanted[wish.name] and shelf.pieces.total():
            basket[wish.name].append(_take(store, shelf))
            wanted[wish.name] -= 1


def _take(store: Store, shelf: _Shelf) -> str:
    pile = next(pile for pile in store.piles if shelf.pieces[pile.name])
    shelf.pieces[pile.name] -= 1
    return pile.name
