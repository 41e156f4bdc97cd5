"""The demo: two firms with the same sample bills, their traps, and what is to become of them."""
