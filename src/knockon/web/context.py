"""What every page's frame needs."""

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, object]:
    """Return the navigation for the signed-in viewer."""
    return {"nav": []}
