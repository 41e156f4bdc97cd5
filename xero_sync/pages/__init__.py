"""The content of the pages about the sync: reads only, a fixed number of queries for any number of rows."""
