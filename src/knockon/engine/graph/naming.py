"""Keys as the documents, paths and gaps write them."""

from knockon.domain.facts import LotKey, WorkOrderKey


def lot_text(key: LotKey) -> str:
    """Return ``issuer/item/lot``, as commands and addresses take it."""
    return f"{key.issuer}/{key.item}/{key.lot}"


def work_order_text(key: WorkOrderKey) -> str:
    """Return the work order's number."""
    return key.work_order
