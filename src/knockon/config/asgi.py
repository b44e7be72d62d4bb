"""Django's pages as the web process hands requests to them."""

from django.core.wsgi import get_wsgi_application

from knockon.runtime.wsgi_bridge import WsgiApp


def pages() -> WsgiApp:
    """Return Django's application; the data base and the page files must be there."""
    application: WsgiApp = get_wsgi_application()
    return application
