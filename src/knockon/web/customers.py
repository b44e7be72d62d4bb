"""One customer: every order, hit, safe or unknown, and a statement to print."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knockon.domain.access import Right
from knockon.web.customer_page import customer_context, statement_context
from knockon.web.staff import StaffRequest, staff_page


@require_safe
@staff_page(Right.VIEW_ORDERS)
def customer(request: StaffRequest, *, customer: str) -> HttpResponse:
    """Show the customer's open orders."""
    context = customer_context(customer, viewer=request.viewer, page=request.GET.get("page", "1"))
    return render(request, "customers/customer_show.html", context)


@require_safe
@staff_page(Right.VIEW_ORDERS)
def customer_statement(request: StaffRequest, *, customer: str) -> HttpResponse:
    """Show what can be stated about the customer's orders, to be printed."""
    context = statement_context(customer, viewer=request.viewer, now=request.now)
    return render(request, "customers/customer_statement.html", context)
