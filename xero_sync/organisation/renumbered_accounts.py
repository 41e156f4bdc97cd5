"""An account with another code in Xero is the same account: the codes a firm has chosen follow it."""

from collections.abc import Mapping

from expense_categories import services as categories
from firms import audit
from firms.models import Firm
from xero_sync import outbox
from xero_sync.domain.chart import Chart, find_renumbered_accounts
from xero_sync.domain.releases import MAPPING_CHANGED
from xero_sync.models import BillSyncSettings

FOLLOWED = "bill-syncing.accounts-followed"
DEFAULTS = ("services_account", "expenses_account")


def follow_renumbered_accounts(*, firm: Firm, old: Chart, new: Chart) -> None:
    """Give each default and each category the new code of its account, on record, in the caller's transaction.

    `new` is stored already: listeners to the change compare with it.
    """
    codes = find_renumbered_accounts(old=old, new=new)
    if not codes:
        return
    settings = BillSyncSettings.objects.select_for_update().get(firm=firm)
    before, after = _follow_defaults(settings, codes)
    for category, code in categories.replace_account_codes(firm=firm, codes=codes):
        before[f"category {category.name}"], after[f"category {category.name}"] = code, category.account_code
    if after:
        audit.record(firm=firm, actor=None, action=FOLLOWED, target=settings, before=before, after=after)
        outbox.release(firm=firm, codes=MAPPING_CHANGED, now=new.refreshed_at)


def _follow_defaults(settings: BillSyncSettings, codes: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    before = {name: code for name in DEFAULTS if (code := getattr(settings, name)) in codes}
    after = {name: codes[code] for name, code in before.items()}
    for name, code in after.items():
        setattr(settings, name, code)
    if after:
        settings.version += 1
        settings.save(update_fields=[*after, "version"])
    return before, after
