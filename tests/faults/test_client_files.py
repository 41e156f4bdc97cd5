"""Twenty thousand client files damaged by chance."""

import pytest

from billing.imports.contacts_csv import ContactsFile
from tests.mutated_clients import check_file, mutated_files

pytestmark = pytest.mark.long


@pytest.mark.parametrize("seed", range(10, 20))
def test_damaged_files_are_read_or_refused_in_bounded_time(seed: int) -> None:
    outcomes = [type(check_file(data)) for data in mutated_files(2000, seed=seed)]
    assert 200 < outcomes.count(ContactsFile) < 1800
