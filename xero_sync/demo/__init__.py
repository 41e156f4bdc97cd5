"""The demo: two firms with the same sample bills, their traps, and the expected results."""
