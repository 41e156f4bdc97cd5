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
    """What would become of a saved document: asked for after the page is there, and by a link without script."""
    page = kind_of_row(document).labels.preflight_page
    url = reverse(page, args=[context["request"].firm.slug, document.pk])
    return render_to_string("xero_sync/preflight_later.html", {"url": url})


@register.simple_tag(takes_context=True)
def preflight_typed(context: template.Context, previewed: Any) -> SafeString:
    """What would become of a bill as it is typed, before it is saved."""
    request = context["request"]
    told = forecast.of_bill(
        sight=RequestContext.of_request(request, request.firm), bill=previewed.invoice, lines=previewed.lines
    )
    # Without the button that reads again: it would leave the page, and what was typed with it.
    return render_to_string("xero_sync/preflight_card.html", {"told": told, "firm": request.firm, "typed": True})
