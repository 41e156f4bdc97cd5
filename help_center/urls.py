"""The help pages' addresses, the same for every firm."""

from django.urls import path

from help_center import views

app_name = "help_center"
urlpatterns = [
    path("xero-sync/", views.index, name="index"),
    path("xero-sync/improvements/", views.improvements, name="improvements"),
    path("xero-sync/configure/", views.configure, name="configure"),
    path("xero-sync/account-codes/", views.account_codes, name="account-codes"),
    path("xero-sync/errors/", views.errors, name="errors"),
    path("xero-sync/errors/<slug:code>/", views.error, name="error"),
    path("xero-sync/glossary/", views.glossary, name="glossary"),
    path("xero-sync/feedback/", views.feedback, name="feedback"),
]
