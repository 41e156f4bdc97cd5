"""Files on their way in: pure readers of contacts and of LEDES 98B."""
