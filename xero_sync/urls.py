"""A firm's pages about Xero; config puts them under the firm's slug."""

from django.urls import URLPattern, path

from xero_sync.views import (
    activity,
    cause,
    connect,
    fix_cause,
    link,
    needs_you,
    preferences,
    preflight,
    retry,
    settings,
    states,
)

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
    path("needs-you/fixed/", needs_you.fixed, name="fixed"),
    path("needs-you/releases/<int:release>/", fix_cause.release, name="release"),
    path("needs-you/releases/<int:release>/states/", fix_cause.release_states, name="release-states"),
    path("needs-you/<int:cause>/fix/", fix_cause.fix, name="fix"),
    path("needs-you/<int:cause>/retry/", retry.retry_cause, name="retry-cause"),
    path("activity/", activity.activity, name="activity"),
    path("activity/states/", states.states, name="states"),
    path("activity/<int:job>/retry/", retry.retry, name="retry"),
]

preflight_urls: list[URLPattern] = [
    path("preflight/", preflight.selection, name="preflight"),
    path("preflight/read/", preflight.read_again, name="preflight-read"),
    path("preflight/invoices/<int:pk>/", preflight.bill, name="preflight-bill"),
    path("preflight/contacts/<int:pk>/", preflight.contact, name="preflight-contact"),
]

cause_urls: list[URLPattern] = [
    path("needs-you/<int:cause>/", cause.cause, name="cause"),
    path("needs-you/<int:cause>/assign/", cause.assign, name="cause-assign"),
    path("needs-you/<int:cause>/snooze/", cause.snooze, name="cause-snooze"),
    path("needs-you/<int:cause>/leave-out/", cause.leave_out, name="cause-leave-out"),
    path("needs-you/<int:cause>/link/", link.link, name="link"),
    path("contacts/<int:pk>/link/", link.contact, name="link-contact"),
    path("contacts/<int:pk>/leave-out/", cause.leave_out_contact, name="leave-out-contact"),
    path("invoices/<int:pk>/link/", link.invoice, name="link-invoice"),
    path("invoices/<int:pk>/handled/", link.handled, name="handled"),
    path("invoices/<int:pk>/leave-out/", cause.leave_out_invoice, name="leave-out-invoice"),
    path("activity/<int:job>/send-after-all/", cause.send_after_all, name="send-after-all"),
]

urlpatterns = [*settings_urls, *page_urls, *cause_urls, *preflight_urls]
