"""Rules by which the preferences change a contact, one rule a function. Pure."""

from xero_sync.domain import emails
from xero_sync.domain.notes import Note
from xero_sync.domain.preferences import Preferences
from xero_sync.kinds.contact.document import ContactDocument


def email_for(contact: ContactDocument, *, preferences: Preferences) -> tuple[str, Note | None]:
    """The one address Xero gets, and a note where one was left out."""
    first = contact.emails[0] if contact.emails else ""
    if not first or emails.is_valid_email(first) or not preferences.on("drop_invalid_emails"):
        return first, None
    valid = emails.first_valid(contact.emails) or ""
    outcome = f"{valid} was used instead" if valid else "it was left out"
    return valid, Note(
        "drop_invalid_emails", f"Xero does not accept the e-mail address \u201c{first}\u201d, so {outcome}."
    )
