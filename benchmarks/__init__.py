"""What is claimed about speed, measured: `make bench`."""
