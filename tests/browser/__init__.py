"""The pages in a real Chromium, as the three kinds of people use them."""
