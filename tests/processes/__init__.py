"""Real processes beside a test: a broker that can be killed, workers and beat on the test's own database."""
