"""Preflight on pages of other apps: `{% load preflight_tags %}`."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from billing.models import Contact, Invoice
from xero_sync.facts.request_context import RequestContext
from xero_sync.kinds.rows import kind_of_row
from xero_sync.pages import forecast

register = template.Library()


@register.simple_tag(takes_context=True)
def preflight_saved(context: template.Context, document: Invoice | Contact) -> SafeString:
    """The place for the forecast of a saved document: loaded after the page, or by a link without script."""
    page = kind_of_row(document).labels.preflight_page
    url = reverse(page, args=[context["request"].firm.slug, document.pk])
    return render_to_string("xero_sync/preflight_later.html", {"url": url})


@register.simple_tag(takes_context=True)
def preflight_typed(context: template.Context, previewed: Any) -> SafeString:
    """The forecast of a bill as it is typed, before it is saved."""
    request = context["request"]
    forecast_shown = forecast.forecast_bill(
        context=RequestContext.of_request(request, request.firm), bill=previewed.invoice, lines=previewed.lines
    )
    # Without the button that reads the organisation again: it would leave the page and lose what was typed.
    return render_to_string(
        "xero_sync/preflight_card.html", {"forecast": forecast_shown, "firm": request.firm, "typed": True}
    )
