from expense_categories.utbms import UTBMS_BY_CODE, UTBMS_EXPENSES, ExpenseKind


def test_the_ready_made_categories_are_e101_to_e124_in_order() -> None:
    assert [expense.code for expense in UTBMS_EXPENSES] == [f"E{number}" for number in range(101, 125)]


def test_every_ready_made_category_has_its_own_name() -> None:
    names = [expense.name for expense in UTBMS_EXPENSES]
    assert all(names)
    assert len(set(names)) == len(names)


def test_what_the_firm_provides_itself_is_an_expense_recovery() -> None:
    soft = {expense.code for expense in UTBMS_EXPENSES if expense.kind is ExpenseKind.EXPENSE_RECOVERY}
    assert soft == {"E101", "E103", "E104", "E105", "E106", "E108", "E109", "E124"}


def test_what_is_paid_to_a_third_party_is_a_disbursement() -> None:
    assert UTBMS_BY_CODE["E110"].kind is ExpenseKind.DISBURSEMENT
    assert UTBMS_BY_CODE["E112"].kind is ExpenseKind.DISBURSEMENT
    assert UTBMS_BY_CODE["E119"].kind is ExpenseKind.DISBURSEMENT
