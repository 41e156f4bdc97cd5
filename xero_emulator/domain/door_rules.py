"""Why Xero turns a caller away whose token and organisation are in order."""

from xero_emulator.domain.organisation import Organisation


def why_barred(*, organisation: Organisation, user: str, writes: bool) -> str:
    """Xero's sentence (messages 75 and 71), or nothing."""
    if not organisation.is_subscribed:
        return "The subscription for this organisation is not active."
    if writes and user in organisation.read_only_users:
        return "The User specified does not have the correct permissions to perform this action"
    return ""
