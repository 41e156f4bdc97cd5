"""What `make` runs: sets everything up, starts what is missing, and stops all it started."""
