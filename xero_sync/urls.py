"""A firm's pages about Xero; config puts them under the firm's slug."""

from django.urls import URLPattern, path

from xero_sync.views import actions, activity, connect, needs_you, preferences, settings, states

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

page_urls: list[URLPattern] = [
    path("needs-you/", needs_you.needs_you, name="needs-you"),
    path("needs-you/<int:cause>/fix/", needs_you.fix, name="fix"),
    path("needs-you/<int:cause>/retry/", actions.retry_cause, name="retry-cause"),
    path("activity/", activity.activity, name="activity"),
    path("activity/states/", states.states, name="states"),
    path("activity/<int:job>/retry/", actions.retry, name="retry"),
]

urlpatterns = [*settings_urls, *page_urls]
