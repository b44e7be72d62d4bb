"""An explanation path as steps in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from knockon.apps.disruptions.reason_texts import kind_text, link_text, step_text
from knockon.domain.facts import LotKey
from knockon.domain.impact import PathStep
from knockon.web.subjects import customer_url, lot_url, order_url
from knockon.web.wording import instant, number_text

_LOT_PARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step from the cause to the customer, as ``components/path.html`` shows it."""

    type: str
    key: str
    kind: str
    label: str
    note: str
    link: str
    link_class: str
    qty: str
    at: datetime | None
    url: str


def path_steps(path: Sequence[Mapping[str, Any]], *, plant: str) -> tuple[Step, ...]:
    """Return the steps of a document's path."""
    return tuple(
        _step(
            step["type"],
            str(step["key"]),
            via=step["via"] or "",
            link_class=step["class"],
            qty=step["qty"],
            at=instant(step["at"]),
            plant=plant,
        )
        for step in path
    )


def steps_of(path: Sequence[PathStep], *, plant: str) -> tuple[Step, ...]:
    """Return the steps of a path that the engine gave."""
    return tuple(
        _step(
            step.type.value,
            step.key,
            via=step.via,
            link_class=step.link_class.name,
            qty=step.qty,
            at=step.at,
            plant=plant,
        )
        for step in path
    )


def _step(
    step_type: str,
    key: str,
    *,
    via: str,
    link_class: str,
    qty: Decimal | str | None,
    at: datetime | None,
    plant: str,
) -> Step:
    is_cause = step_type == "cause"
    amount = number_text(qty) if qty is not None else ""
    return Step(
        type=step_type,
        key=key,
        kind=step_text(step_type),
        label=step_label(step_type, key, via=via),
        note=amount,
        link=link_text(via) if via and not is_cause else "",
        link_class=link_class,
        qty=amount,
        at=at,
        url=step_url(step_type, key, plant=plant),
    )


def step_label(step_type: str, key: str, *, via: str) -> str:
    """Return what a step is called; the trouble itself by its kind, which is what leads to it."""
    return kind_text(via) if step_type == "cause" else key_label(step_type, key)


def key_label(step_type: str, key: str) -> str:
    """Return a key as people say it: a lot by its number, without who issued it.

    What the reader may not see has no key; that it is in another site may be known.
    """
    if not key:
        return _("in another site")
    if step_type == "lot":
        return key.split("/", _LOT_PARTS - 1)[-1]
    return key


def step_url(step_type: str, key: str, *, plant: str) -> str:
    """Return the page of what a step names, where it has one."""
    if not key:
        return ""
    if step_type == "lot" and key.count("/") >= _LOT_PARTS - 1:
        return lot_url(LotKey(*key.split("/", _LOT_PARTS - 1)))
    if step_type == "order" and "/" in key:
        order, line = key.split("/", 1)
        return order_url(plant, order, line)
    if step_type == "customer":
        return customer_url(key)
    return ""
