"""`/<firm>/invoices/` and `/<firm>/contacts/`."""

from django.urls import path

from billing.views import choices, contacts, imports, invoice_edit, invoice_moves, invoices

app_name = "billing"
urlpatterns = [
    path("invoices/", invoices.invoice_list, name="invoice-list"),
    path("invoices/new/", invoice_edit.invoice_new, name="invoice-new"),
    path("invoices/import/", imports.invoice_import, name="invoice-import"),
    path("invoices/<int:pk>/", invoices.invoice, name="invoice"),
    path("invoices/<int:pk>/edit/", invoice_edit.invoice_edit, name="invoice-edit"),
    path("invoices/<int:pk>/void/", invoice_moves.invoice_void, name="invoice-void"),
    *(
        path(f"invoices/<int:pk>/{move}/", invoice_moves.invoice_move, {"move": move}, name=f"invoice-{move}")
        for move in ("submit", "approve", "return-to-draft")
    ),
    path("contacts/", contacts.contact_list, name="contact-list"),
    path("contacts/new/", contacts.contact_new, name="contact-new"),
    path("contacts/choices/", choices.contact_choices, name="contact-choices"),
    path("contacts/import/", imports.contact_import, name="contact-import"),
    path("contacts/<int:pk>/", contacts.contact, name="contact"),
    path("contacts/<int:pk>/matters/", choices.contact_matters, name="contact-matters"),
    path("contacts/<int:pk>/edit/", contacts.contact_edit, name="contact-edit"),
]
