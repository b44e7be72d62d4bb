"""Records of lots: what became of them and where they are."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from knockon.demo.simulation.ledger import LotCard
from knockon.demo.simulation.shop import Shop
from knockon.demo.simulation.writing import Row, clock, text


def lots_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table lots."""
    gained: defaultdict[object, Decimal] = defaultdict(Decimal)
    for move in shop.ledger.moves:
        if move.kind != "consume":
            gained[move.target] += move.qty
    for key, card in shop.ledger.lots.items():
        yield {
            "lot": key.lot,
            "item": key.item,
            "issuer": key.issuer,
            "qty": text(card.born or gained[key]),
            "uom": shop.items[key.item].uom,
            "status": "released" if card.lot_status == "passed" else "quarantine",
            "supplier": card.supplier,
            "supplier_lot": card.supplier_lot,
            "parent_lot": card.parent,
            "made_at": clock(card.made, shop.zone),
            "work_order": card.wo,
            "equipment": card.machine,
            "cavity": card.cavity,
            "date_code": card.date_code,
        }


def consumption_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table consumption."""
    number = 0
    for move in sorted(shop.ledger.moves, key=lambda move: move.at):
        if move.kind == "consume":
            number += 1
            yield {
                "input_lot": move.source.lot,
                "input_item": move.source.item,
                "output_lot": move.target.lot,
                "output_item": move.target.item,
                "work_order": move.wo,
                "seq": str(move.seq),
                "qty": text(move.qty),
                "uom": shop.items[move.source.item].uom,
                "at": clock(move.at, shop.zone),
                "equipment": move.machine,
                "event_id": f"C{number:06d}",
                "kind": "recorded",
            }


def lot_events_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table lot_events."""
    number = 0
    for move in sorted(shop.ledger.moves, key=lambda move: move.at):
        if move.kind != "consume":
            number += 1
            yield {
                "kind": move.kind,
                "lot": move.source.lot,
                "item": move.source.item,
                "other_lot": move.target.lot,
                "at": clock(move.at, shop.zone),
                "qty": text(move.qty),
                "event_id": f"E{number:06d}",
            }
    for loss in shop.ledger.scrapped:
        number += 1
        yield {
            "kind": "scrap",
            "lot": loss.lot.lot,
            "item": loss.lot.item,
            "at": clock(loss.at, shop.zone),
            "qty": text(loss.qty),
            "event_id": f"E{number:06d}",
        }


def stock_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table stock."""
    for key, qty in shop.ledger.balances().items():
        if qty > 0:
            card = shop.ledger.lots[key]
            yield {
                "item": key.item,
                "lot": key.lot,
                "place": _place(shop, card),
                "warehouse": card.warehouse,
                "location": card.location,
                "qty": text(qty),
                "uom": shop.items[key.item].uom,
                "at": clock(shop.now, shop.zone),
            }
    for loss in shop.ledger.scrapped:
        yield {
            "item": loss.lot.item,
            "lot": loss.lot.lot,
            "place": "scrap",
            "qty": text(loss.qty),
            "uom": shop.items[loss.lot.item].uom,
            "at": clock(shop.now, shop.zone),
        }


def _place(shop: Shop, card: LotCard) -> str:
    kind = shop.items[card.key.item].kind
    if card.made is None or kind == "semi":
        return "wip"
    return "finished" if kind == "finished" else "raw"


def shipments_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table shipments."""
    for sent in sorted(shop.ledger.dispatches, key=lambda sent: (sent.at, sent.shipment)):
        yield {
            "shipment": sent.shipment,
            "line_no": sent.line_no,
            "order": sent.line[0],
            "line": sent.line[1],
            "customer": sent.customer,
            "item": sent.lot.item,
            "lot": sent.lot.lot,
            "qty": text(sent.qty),
            "shipped_at": clock(sent.at, shop.zone),
            "kind": "return" if sent.back else "ship",
        }


def receipts_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table receipts."""
    for key, card in shop.ledger.lots.items():
        if card.po is not None:
            passed = card.lot_status != "pending"
            yield {
                "po": card.po[0],
                "line": card.po[1],
                "item": key.item,
                "lot": key.lot,
                "received": text(card.born),
                "accepted": text(card.born) if passed else "",
                "rejected": "0" if passed else "",
                "received_at": clock(card.made, shop.zone),
                "inspection_status": "passed" if passed else "pending",
            }
