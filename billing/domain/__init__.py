"""What needs no database: money."""
