"""``python -m xero_emulator``: serve the stand-in until interrupted."""

import argparse
import contextlib
import signal
import sys

from xero_emulator.server import EmulatorServer


def main() -> int:
    """Serve; returns 1 if the port cannot be had."""
    parser = argparse.ArgumentParser(prog="xero_emulator", description="A stand-in for Xero. It is not Xero.")
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: %(default)s, this machine only)")
    parser.add_argument("--port", type=int, default=8900, help="port to bind (default: %(default)s)")
    parser.add_argument("--auto-consent", action="store_true", help="agree to every connection without asking")
    options = parser.parse_args()
    try:
        server = EmulatorServer(host=options.host, port=options.port, auto_consent=options.auto_consent)
    except (OSError, OverflowError) as fault:
        reason = getattr(fault, "strerror", None) or fault
        message = (
            f"The Xero emulator cannot use {options.host} port {options.port}: {reason}. Choose another with --port."
        )
        sys.stderr.write(message + "\n")
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.stdout.write(f"Xero emulator on {server.url} - this is not Xero; everything is in memory. Ctrl-C stops it.\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
