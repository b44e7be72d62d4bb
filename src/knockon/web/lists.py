"""Pages of long lists."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet

PAGE_SIZE = 50


def page_of(rows: QuerySet[Any], *, number: str, size: int = PAGE_SIZE) -> dict[str, Any]:
    """Return one page of a list and the numbers of its neighbours; a wrong number gives the last."""
    paginator = Paginator(rows, size)
    page = paginator.get_page(number)
    return {
        "page": page,
        "pages": paginator.get_elided_page_range(page.number),
        "rows": list(page.object_list),
    }


def matching(rows: QuerySet[Any], text: str, *, fields: tuple[str, ...]) -> QuerySet[Any]:
    """Return the rows in which every word of a search is in one of the fields."""
    for word in text.split():
        found = Q()
        for field in fields:
            found |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(found)
    return rows
