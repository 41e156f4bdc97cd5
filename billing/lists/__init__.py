"""Lists of bills and contacts: filters, and pages of rows by key."""
