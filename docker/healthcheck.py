"""Whether the web process in this container answers: exit code 0 if it does."""

import http.client
import os
import sys

PORT = 8000


def answers() -> bool:
    """Ask as the proxy would: for a host that is served."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=4)
    connection.request("GET", "/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"})
    return connection.getresponse().status == http.HTTPStatus.OK


if __name__ == "__main__":
    sys.exit(0 if answers() else 1)
