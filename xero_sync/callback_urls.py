"""Where Xero sends people back: the same address for every firm, as the app at Xero names it byte for byte."""

from django.urls import path

from xero_sync.views import connect

app_name = "xero"
urlpatterns = [path("callback/", connect.finish_connection, name="callback")]
