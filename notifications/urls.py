"""A person's own page about mails; config puts it under the firm's slug."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("mail/", views.show_choice, name="choice"),
    path("mail/test/", views.send_test_mail, name="test"),
]
