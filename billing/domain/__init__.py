"""Money: sums that need no database."""
