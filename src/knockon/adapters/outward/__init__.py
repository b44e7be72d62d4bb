"""The one room that calls addresses outside: guarded against being turned inward."""

from knockon.adapters.outward.addresses import AllowedHosts, checked_address
from knockon.adapters.outward.client import GuardedHttp

__all__ = ["AllowedHosts", "GuardedHttp", "checked_address"]
