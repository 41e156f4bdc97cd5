"""Every change to a firm's expense categories."""

import re
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from expense_categories.models import CategoryKind, ExpenseCategory, account_code_shape
from expense_categories.signals import account_codes_changed
from firms import audit
from firms.models import Firm, User
from firms.refusals import Refused, refuse_conflict
from firms.scope import firm_scope

LONGEST_NAME = 80
_UTBMS = re.compile(r"[A-Z0-9]{1,10}")


def save_category(
    *,
    firm: Firm,
    actor: User | None,
    name: str,
    kind: CategoryKind,
    account_code: str = "",
    utbms_code: str | None = None,
    category: ExpenseCategory | None = None,
    expected_version: int | None = None,
) -> ExpenseCategory:
    """Create or change a category; listeners hear of it if its account code changed; no UTBMS code keeps the one it
    has. Raises Refused, EditConflict.
    """
    try:
        with transaction.atomic(), firm_scope(firm):
            row = _locked(firm, category, expected_version)
            before, recoded = (_facts(row) if row.pk else {}), row.account_code != account_code.strip()
            row.utbms_code = row.utbms_code if utbms_code is None else utbms_code.strip().upper()
            row.name, row.kind, row.account_code = name.strip(), kind.value, account_code.strip()
            if faults := category_faults(firm=firm, category=row):
                raise Refused(faults)
            return _write(firm, actor, row, before, recoded=recoded)
    except IntegrityError as clash:
        if "one_category_per_utbms_code" in str(clash):
            raise Refused({"utbms_code": _code_taken((utbms_code or "").strip().upper())}) from clash
        if "one_category_per_name" not in str(clash):
            raise
        raise Refused({"name": _taken(name)}) from clash


def set_account_for_kind(*, firm: Firm, actor: User | None, kind: CategoryKind, account_code: str) -> int:
    """Give all categories of this kind one account code; answers how many changed. Raises Refused."""
    code = account_code.strip()
    if fault := _code_fault(code):
        raise Refused({"account_code": fault})
    with transaction.atomic(), firm_scope(firm):
        of_kind = firm.expense_categories.select_for_update(no_key=True).filter(kind=kind)
        changed = list(of_kind.exclude(account_code=code).order_by("pk"))
        before = [_facts(category) for category in changed]
        for category in changed:
            category.account_code, category.version = code, category.version + 1
        ExpenseCategory.objects.bulk_update(changed, ["account_code", "version"])
        _record_set(firm, actor, changed, before)
    return len(changed)


def replace_account_codes(*, firm: Firm, codes: Mapping[str, str]) -> list[tuple[ExpenseCategory, str]]:
    """Give the categories with one of these codes the new one, by nobody's hand; answers each with its old code."""
    with transaction.atomic(), firm_scope(firm):
        of_these = firm.expense_categories.select_for_update(no_key=True).filter(account_code__in=codes)
        changed = list(of_these.order_by("pk"))
        before = [_facts(category) for category in changed]
        for category in changed:
            category.account_code, category.version = codes[category.account_code], category.version + 1
        ExpenseCategory.objects.bulk_update(changed, ["account_code", "version"])
        _record_set(firm, None, changed, before)
    return [(category, facts["account_code"]) for category, facts in zip(changed, before, strict=True)]


def category_faults(*, firm: Firm, category: ExpenseCategory) -> dict[str, str]:
    """The faults of a category as it would be saved, by field."""
    faults, others = {}, firm.expense_categories.exclude(pk=category.pk)
    name, utbms = category.name, category.utbms_code
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        faults["name"] = f"Give a name of at most {LONGEST_NAME} characters."
    elif others.filter(name__iexact=name).exists():
        faults["name"] = _taken(name)
    if utbms and not _UTBMS.fullmatch(utbms):
        faults["utbms_code"] = "A UTBMS code has at most 10 letters and digits, such as E112."
    elif utbms and others.filter(utbms_code=utbms).exists():
        faults["utbms_code"] = _code_taken(utbms)
    if fault := _code_fault(category.account_code):
        faults["account_code"] = fault
    return faults


def _locked(firm: Firm, category: ExpenseCategory | None, expected_version: int | None) -> ExpenseCategory:
    if category is None:
        return ExpenseCategory(firm=firm)
    # Without its key: a bill with this category that is being saved refers to the row when it commits.
    row = firm.expense_categories.select_for_update(no_key=True).get(pk=category.pk)
    refuse_conflict(firm=firm, current=row, version=row.version, expected_version=expected_version)
    return row


def _write(
    firm: Firm, actor: User | None, row: ExpenseCategory, before: dict[str, str], *, recoded: bool
) -> ExpenseCategory:
    row.version = row.version + 1 if row.pk else 1
    row.save()
    action = "expense_category.edited" if before else "expense_category.created"
    audit.record(firm=firm, actor=actor, action=action, target=row, before=before, after=_facts(row))
    if recoded:
        account_codes_changed.send(sender=ExpenseCategory, firm=firm, categories=[row], actor=actor)
    return row


def _record_set(
    firm: Firm, actor: User | None, changed: Sequence[ExpenseCategory], before: Sequence[dict[str, str]]
) -> None:
    if not changed:
        return
    audit.record_all(
        firm=firm,
        actor=actor,
        action="expense_category.edited",
        changes=[(category, old, _facts(category)) for category, old in zip(changed, before, strict=True)],
    )
    account_codes_changed.send(sender=ExpenseCategory, firm=firm, categories=list(changed), actor=actor)


def _facts(category: ExpenseCategory) -> dict[str, str]:
    names = ("name", "kind", "account_code", "utbms_code")
    return {name: getattr(category, name) for name in names}


def _code_fault(code: str) -> str | None:
    if not code:
        return None
    try:
        account_code_shape(code)
    except ValidationError:
        return f"“{code[:20]}” is not an account code. It has at most 10 characters and no < or >."
    return None


def _code_taken(code: str) -> str:
    return f"Another category has the code {code}. Give this one another, or none."


def _taken(name: str) -> str:
    return f"There is a category “{name.strip()}” already. Give this one another name."
