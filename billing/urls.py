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
    path("imports/", imports.import_list, name="import-list"),
    path("imports/<int:pk>/", imports.import_page, name="import"),
    path("imports/<int:pk>/live/", imports.import_live, name="import-live"),
    path("imports/<int:pk>/choose/", imports.import_choose, name="import-choose"),
    path("imports/<int:pk>/confirm/", imports.import_confirm, name="import-confirm"),
    path("imports/<int:pk>/refused.csv", imports.import_refused, name="import-refused"),
    path("imports/<int:pk>/release/", imports.import_release, name="import-release"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import-undo"),
    path("contacts/", contacts.contact_list, name="contact-list"),
    path("contacts/new/", contacts.contact_new, name="contact-new"),
    path("contacts/choices/", choices.contact_choices, name="contact-choices"),
    path("contacts/import/", imports.contact_import, name="contact-import"),
    path("contacts/<int:pk>/", contacts.contact, name="contact"),
    path("contacts/<int:pk>/matters/", choices.contact_matters, name="contact-matters"),
    path("contacts/<int:pk>/edit/", contacts.contact_edit, name="contact-edit"),
]
