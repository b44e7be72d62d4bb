"""Who asks: the one place that reads what the authentication found."""

from django.http import HttpRequest

from knockon.domain.access import NotAllowed, Viewer


def asker(request: HttpRequest) -> Viewer:
    """Return the viewer that the authentication let in.

    Raises
    ------
    NotAllowed
        Nobody was let in, so nothing may be answered.
    """
    found = getattr(request, "auth", None)
    if not isinstance(found, Viewer):
        raise NotAllowed(right=None, plant=None)
    return found
