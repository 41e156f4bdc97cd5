"""`/<firm>/expense-categories/`."""

from django.urls import path

from expense_categories import views

app_name = "expense_categories"
urlpatterns = [
    path("", views.category_list, name="list"),
    path("new/", views.category_new, name="new"),
    path("set-all/", views.set_all, name="set-all"),
    path("<int:pk>/edit/", views.category_edit, name="edit"),
]
