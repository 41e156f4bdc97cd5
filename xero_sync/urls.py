"""A firm's pages about Xero; config puts them under the firm's slug."""

from django.urls import URLPattern, path

from xero_sync.views import connect, preferences, settings

app_name = "xero_sync"

settings_urls: list[URLPattern] = [
    path("settings/bill-syncing/", settings.settings, name="settings"),
    path("settings/bill-syncing/first-send/", settings.confirm, name="first-send"),
    path("settings/bill-syncing/test/", settings.test, name="test"),
    path("settings/bill-syncing/pause/", settings.pause, name="pause"),
    path("settings/bill-syncing/resume/", settings.resume, name="resume"),
    path("settings/bill-syncing/preferences/", preferences.switch, name="preferences"),
    path("settings/bill-syncing/preferences/all/", preferences.switch_all_on, name="preferences-all"),
    path("settings/bill-syncing/connect/", connect.begin, name="connect"),
    path("settings/bill-syncing/connect/<int:consent>/", connect.organisations, name="organisations"),
    path("settings/bill-syncing/disconnect/", connect.disconnect, name="disconnect"),
]

# Needs-you, activity, retry and states stand in their own list, joined below.
urlpatterns = [*settings_urls]
