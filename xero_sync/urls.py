"""A firm's pages about Xero; config puts them under the firm's slug."""

from django.urls import URLPattern, path

from xero_sync.views import (
    activity,
    cause,
    connect,
    fix_cause,
    gone,
    link,
    needs_you,
    preferences,
    preflight,
    retry,
    settings,
    sides,
    states,
    void_import,
)

app_name = "xero_sync"

settings_urls: list[URLPattern] = [
    path("settings/bill-syncing/", settings.show_settings, name="settings"),
    path("settings/bill-syncing/first-send/", settings.confirm_start, name="first-send"),
    path("settings/bill-syncing/test/", settings.test_connection, name="test"),
    path("settings/bill-syncing/pause/", settings.pause_syncing, name="pause"),
    path("settings/bill-syncing/resume/", settings.resume_syncing, name="resume"),
    path("settings/bill-syncing/preferences/", preferences.save_switches, name="preferences"),
    path("settings/bill-syncing/preferences/all/", preferences.switch_all_preferences, name="preferences-all"),
    path("settings/bill-syncing/connect/", connect.begin_connection, name="connect"),
    path("settings/bill-syncing/connect/<int:consent>/", connect.choose_organisation, name="organisations"),
    path("settings/bill-syncing/disconnect/", connect.disconnect_organisation, name="disconnect"),
]

page_urls: list[URLPattern] = [
    path("imports/<int:pk>/void/", void_import.void_sent_bills, name="void-import"),
    path("needs-you/", needs_you.show_needs_you, name="needs-you"),
    path("needs-you/fixed/", needs_you.show_recent_releases, name="fixed"),
    path("needs-you/releases/<int:release>/", fix_cause.show_release, name="release"),
    path("needs-you/releases/<int:release>/states/", fix_cause.show_release_states, name="release-states"),
    path("needs-you/<int:cause>/fix/", fix_cause.open_or_fix_cause, name="fix"),
    path("needs-you/<int:cause>/retry/", retry.retry_documents_of_cause, name="retry-cause"),
    path("activity/", activity.show_activity, name="activity"),
    path("activity/states/", states.show_states, name="states"),
    path("activity/<int:job>/retry/", retry.retry_document, name="retry"),
]

preflight_urls: list[URLPattern] = [
    path("preflight/", preflight.show_selection, name="preflight"),
    path("preflight/read/", preflight.read_organisation_again, name="preflight-read"),
    path("preflight/invoices/<int:pk>/", preflight.show_bill, name="preflight-bill"),
    path("preflight/contacts/<int:pk>/", preflight.show_contact, name="preflight-contact"),
]

cause_urls: list[URLPattern] = [
    path("needs-you/<int:cause>/", cause.show_cause, name="cause"),
    path("needs-you/<int:cause>/assign/", cause.assign_cause, name="cause-assign"),
    path("needs-you/<int:cause>/snooze/", cause.snooze_cause, name="cause-snooze"),
    path("needs-you/<int:cause>/leave-out/", cause.leave_out_documents_of_cause, name="cause-leave-out"),
    path("needs-you/<int:cause>/link/", link.find_page_to_link, name="link"),
    path("contacts/<int:pk>/link/", link.link_contact, name="link-contact"),
    path("contacts/<int:pk>/leave-out/", cause.leave_out_contact, name="leave-out-contact"),
    path("invoices/<int:pk>/link/", link.link_invoice, name="link-invoice"),
    path("invoices/<int:pk>/handled/", link.keep_as_handled, name="handled"),
    path("invoices/<int:pk>/leave-out/", cause.leave_out_invoice, name="leave-out-invoice"),
    path("contacts/<int:pk>/both-sides/", sides.decide_about_contact, name="both-sides-contact"),
    path("invoices/<int:pk>/both-sides/", sides.decide_about_invoice, name="both-sides-invoice"),
    path("needs-you/<int:cause>/decide/<slug:decision>/", gone.decide_about_cause, name="decide-cause"),
    path("activity/<int:job>/decide/<slug:decision>/", gone.decide_about_document, name="decide-document"),
    path("activity/<int:job>/send-after-all/", cause.send_after_all, name="send-after-all"),
]

urlpatterns = [*settings_urls, *page_urls, *cause_urls, *preflight_urls]
