"""`/<firm>/activity/`: every attempt, newest first."""

from django.http import HttpResponse
from django.shortcuts import render

from firms.access import FirmRequest, firm_view
from xero_sync.pages import activity as reading


@firm_view
def activity(request: FirmRequest) -> HttpResponse:
    """Narrowed by the filters in the address, paged by key."""
    page = reading.read(firm=request.firm, wanted=reading.Wanted.read(request.GET))
    return render(request, "xero_sync/activity.html", {"nav_active": "activity", "page": page})
