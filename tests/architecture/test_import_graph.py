"""The import graph by package folder: no cycle, few groups, short chains, by the code of `bin/show-import-graph`."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest

COMMAND = Path(__file__).resolve().parents[2] / "bin" / "show-import-graph"


@pytest.fixture(scope="module")
def graph() -> Any:
    """The command as a module."""
    spec = spec_from_loader("show_import_graph", SourceFileLoader("show_import_graph", str(COMMAND)))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_graph_has_no_cycle_at_most_45_groups_and_no_chain_over_12(graph: Any) -> None:
    arrows = graph.read_arrows()

    assert {"config", "firms", "xero_sync.actions", "xero_sync.pages", "xero_emulator"} <= set(arrows)
    assert graph.MOST_GROUPS == 45
    assert graph.LONGEST_CHAIN == 12
    assert graph.find_faults(arrows) == []


def test_a_cycle_is_found(graph: Any) -> None:
    arrows = {"a": {"b"}, "b": {"c"}, "c": {"b"}}

    assert graph.find_faults(arrows) == ["These import one another: b, c."]


def test_too_many_groups_are_found(graph: Any) -> None:
    arrows: dict[str, set[str]] = {f"group{number}": set() for number in range(46)}

    assert graph.find_faults(arrows) == ["46 groups are more than 45."]


def test_the_folders_of_all_kinds_count_as_one(graph: Any) -> None:
    ours: dict[str, set[str]] = {name: set() for name in ("xero_sync.kinds", "xero_sync.kinds.a", "xero_sync.kinds.b")}

    assert graph.count_groups(ours) == 2
    assert graph.count_groups(ours | {"billing.a": set(), "billing.other": set()}) == 3


def test_the_folders_of_one_kind_are_one_link_of_a_chain(graph: Any) -> None:
    arrows: dict[str, set[str]] = {"xero_sync.kinds": {"xero_sync.kinds.a"}, "xero_sync.kinds.a": {"billing.a"}}
    arrows |= {"billing.a": {"billing"}, "billing": set()}
    chain = graph.find_longest_chain(arrows)

    assert chain == ["xero_sync.kinds", "xero_sync.kinds.a", "billing.a", "billing"]
    assert graph.count_links(chain, graph.name_as_read(arrows)) == 3


def test_too_long_a_chain_is_found(graph: Any) -> None:
    arrows = {f"{number:02}": {f"{number + 1:02}"} for number in range(12)} | {"12": set()}

    assert graph.find_faults(arrows) == [
        "A chain of 13 is longer than 12: 00 > 01 > 02 > 03 > 04 > 05 > 06 > 07 > 08 > 09 > 10 > 11 > 12."
    ]
