"""`/ops/`: the operators' pages, over all firms."""

from django.urls import path

from ops import views

app_name = "ops"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("failures/", views.failure_groups, name="failures"),
    path("failures/<slug:code>/", views.failure, name="failure"),
    path("failures/<slug:code>/retry/", views.retry_group, name="retry"),
    path("proposed/", views.proposed_entries, name="proposed"),
    path("firms/", views.firms, name="firms"),
    path("firms/<slug:slug>/pause/", views.pause, name="pause"),
    path("firms/<slug:slug>/release/", views.release, name="release"),
    path("attempts/", views.attempt_list, name="attempts"),
    path("workers/", views.workers, name="workers"),
    path("feedback/", views.help_feedback, name="feedback"),
]
