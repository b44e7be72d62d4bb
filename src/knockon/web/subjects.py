"""What a disruption touches, as a short name and as links."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from knockon.domain.facts import LotKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One thing that is hit; ``icon`` says of what kind it is."""

    icon: str
    label: str
    name: str = ""
    url: str = ""


_SHOWN = 3


def subjects(scope: Mapping[str, Any], *, name_of: Callable[[str], str]) -> tuple[Subject, ...]:
    """Return what a scope names, machines and tools first."""
    found = [
        Subject(icon="engine", label=code, name=name_of(code))
        for code in scope.get("equipment", [])
    ]
    if scope.get("tool"):
        cavity = scope.get("cavity")
        found.append(Subject(icon="tool", label=scope["tool"], name=f"#{cavity}" if cavity else ""))
    found += [
        Subject(icon="packages", label=lot[2], name=lot[1], url=lot_url(LotKey(*lot)))
        for lot in scope.get("lots", [])
    ]
    plain = (
        ("supplier_lot", "packages"),
        ("item", "box"),
        ("purchase_order", "receipt"),
        ("supplier", "truck"),
        ("order", "clipboard-list"),
        ("customer", "users"),
    )
    found += [
        Subject(icon=icon, label=str(scope[field])) for field, icon in plain if scope.get(field)
    ]
    found += [Subject(icon="people", label=person) for person in scope.get("people", [])]
    return tuple(found)


def subject_line(scope: Mapping[str, Any], *, name_of: Callable[[str], str]) -> str:
    """Return the first few things that are hit, in one line."""
    found = subjects(scope, name_of=name_of)
    shown = ", ".join(f"{each.label} {each.name}".strip() for each in found[:_SHOWN])
    return f"{shown} +{len(found) - _SHOWN}" if len(found) > _SHOWN else shown


def lot_url(lot: LotKey) -> str:
    """Return the page of a lot."""
    issuer = lot.issuer or "-"
    return reverse("lot", kwargs={"rest": f"{issuer}/{lot.item}/{lot.lot}"})


def order_url(plant: str, order: str, line: str) -> str:
    """Return the page of an order line."""
    return reverse("order", kwargs={"plant": plant, "rest": f"{order}/{line}"})


def customer_url(customer: str) -> str:
    """Return the page of a customer."""
    return reverse("customer", kwargs={"customer": customer})


def search_url(name: str, **parameters: str) -> str:
    """Return a list page with its filters set."""
    query = "&".join(f"{key}={quote(value, safe='')}" for key, value in parameters.items() if value)
    return f"{reverse(name)}?{query}" if query else reverse(name)
