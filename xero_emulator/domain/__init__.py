"""What this stand-in knows of Xero's behaviour: plain Python, in memory, with the clock handed in."""
