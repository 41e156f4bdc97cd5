"""`/<firm>/activity/`: every attempt, newest first."""

from django.http import HttpResponse
from django.shortcuts import render

from firms.access import FirmRequest, firm_view
from xero_sync.pages import activity as reading


@firm_view
def show_activity(request: FirmRequest) -> HttpResponse:
    """The attempts that pass the filters in the address, paged by key."""
    page = reading.read_activity_page(firm=request.firm, wanted=reading.ActivityFilter.from_query(request.GET))
    return render(request, "xero_sync/activity.html", {"nav_active": "activity", "page": page})
