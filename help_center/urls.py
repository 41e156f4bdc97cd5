"""The help pages' addresses, the same for every firm."""

from django.urls import path

from help_center import views

app_name = "help_center"
urlpatterns = [
    path("xero-sync/", views.show_questions, name="index"),
    path("xero-sync/improvements/", views.show_improvements, name="improvements"),
    path("xero-sync/configure/", views.show_settings_help, name="configure"),
    path("xero-sync/account-codes/", views.show_account_codes, name="account-codes"),
    path("xero-sync/errors/", views.show_messages, name="errors"),
    path("xero-sync/errors/<slug:code>/", views.show_article, name="error"),
    path("xero-sync/glossary/", views.show_glossary, name="glossary"),
    path("xero-sync/feedback/", views.keep_feedback, name="feedback"),
]
