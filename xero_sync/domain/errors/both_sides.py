"""Known errors about documents that somebody changed, or merged, in Xero."""

from typing import Final

from xero_sync.domain.errors.model import ErrorClass, KnownError, Owner, Place, Recheck, Where

_NOTHING_SENT: Final = "Nothing is sent for it until somebody decides. What was changed in Xero stays as it is there."

ENTRIES: Final = (
    KnownError(
        code="bill-changed-in-xero",
        title="The bill was changed in Xero",
        action="Look at both sides, then send ours, accept Xero's, or leave the two as they are",
        why="Somebody changed an amount, a line or the date of the bill in Xero, or a field that was changed here too. "
        "We do not write over somebody else's work.",
        fix_here="Both sides are shown field by field. “Send ours” writes our value to Xero, “Accept Xero's” keeps the "
        "one there, and “Leave” keeps both as they are until either side changes. Anyone decides on dates and texts, "
        "an admin on money, and one choice can be made for all bills with that field.",
        fix_in_xero="Or undo the change there, then press Retry here.",
        owner=Owner.STAFF,
        klass=ErrorClass.DOCUMENT,
        where=Where(Place.INVOICE, "both-sides"),
        meanwhile=_NOTHING_SENT,
        release=Recheck.ON_XERO_CHANGE,
        improvement="always",
        subject="organisation",
        sample="The bill was changed in Xero.",
    ),
    KnownError(
        code="contact-changed-in-xero",
        title="The client was changed here and in Xero",
        action="Look at both sides, then send ours, accept Xero's, or leave the two as they are",
        why="The same detail of the client was changed here and in Xero. We do not write over somebody else's work.",
        fix_here="Both sides are shown field by field. “Send ours” writes our value to Xero, “Accept Xero's” takes the "
        "one there, and “Leave” keeps both as they are until either side changes.",
        fix_in_xero="Or undo the change there, then press Retry here.",
        owner=Owner.STAFF,
        klass=ErrorClass.CONTACT,
        where=Where(Place.CONTACT_EDIT, "both-sides"),
        meanwhile=_NOTHING_SENT,
        release=Recheck.ON_CONTACT,
        improvement="always",
        subject="organisation",
        sample="The client was changed here and in Xero.",
    ),
    KnownError(
        code="contact-merged-with-client",
        title="The client was merged in Xero with another client of yours",
        action="Decide which of the two clients stays, and link this one",
        why="Two contacts were merged in Xero, and each of them is a client here. One contact in Xero stands for one "
        "client, so that no bill goes to the wrong one.",
        fix_here="Press “Compare and link” to choose another contact for this client, or move its bills to the other "
        "client.",
        fix_in_xero="Or make a contact for this client again in Xero, and link it here.",
        owner=Owner.STAFF,
        klass=ErrorClass.CONTACT,
        where=Where(Place.CONTACT_EDIT, "xero-link"),
        meanwhile="Nothing is sent for this client, and its bills wait. The merge in Xero stays as it is.",
        release=Recheck.ON_CONTACT,
        improvement="always",
        subject="contact",
        sample="The contact was merged with another client's.",
    ),
)
