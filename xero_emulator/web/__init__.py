"""The HTTP shell round the stand-in: Xero's three hosts on one port, pages for people, controls for tests."""
