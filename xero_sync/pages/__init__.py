"""What pages show of the sync: reads only, a fixed number of queries whatever the number of rows."""
