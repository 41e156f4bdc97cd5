"""Serves the stand-in over HTTP/1.1 with kept connections, from a thread or as a program.

Werkzeug's own development server closes the connection after each answer, so the sockets are handled here, with
the standard library; this is also what lets a scripted fault cut, halve or drip an answer.
"""

import io
import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote_to_bytes

from werkzeug.wrappers import Request, Response

from xero_emulator.domain.clock import utc_now
from xero_emulator.domain.faults import Fault
from xero_emulator.domain.xero import Xero
from xero_emulator.routes import ROUTES
from xero_emulator.web.app import Application, ConnectionCut, Delivery

DRIP_BYTES = 64
# Closing with a linger of zero seconds makes the kernel send a reset instead of a goodbye.
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], *, application: Application, stopping: threading.Event) -> None:
        self.application = application
        self.stopping = stopping
        self.open_sockets: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # The standard library looks the host name up here, which can take seconds; nobody needs it.
        socket.socket.setsockopt(self.socket, socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = (str(self.server_address[0]), int(self.server_address[1]))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no event; a fault of ours is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.open_sockets.add(self.connection)

    def finish(self) -> None:
        self.server.open_sockets.discard(self.connection)
        with suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """The ledger is the log."""

    def _serve(self) -> None:
        body = self._body()
        try:
            delivery = self.server.application.handle(request=self._request(body), body=body)
        except ConnectionCut:
            self._reset()
            return
        try:
            self._send(delivery)
        finally:
            for callback in delivery.when_sent:
                callback()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _serve  # noqa: N815 - the base class asks for these names

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        length = self.headers.get("Content-Length", "")
        return self.rfile.read(int(length)) if length.isdigit() else b""

    def _chunks(self) -> list[bytes]:
        chunks: list[bytes] = []
        while size := int(self.rfile.readline().partition(b";")[0].strip() or b"0", 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return chunks

    def _request(self, body: bytes) -> Request:
        path, _, query = self.path.partition("?")
        host, _, port = self.headers.get("Host", "localhost").partition(":")
        environ: dict[str, object] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": host,
            "SERVER_PORT": port or str(self.server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                environ[f"HTTP_{key}"] = value
        return Request(environ)

    def _send(self, delivery: Delivery) -> None:
        response, fault = delivery.response, delivery.fault
        body = b"" if self.command == "HEAD" else response.get_data()
        head = self._head(response)
        if fault is not None and fault.kind == "half":
            self.wfile.write(head + body[: fault.at])
            self._reset()
        elif fault is not None and fault.kind == "drip":
            self._drip(head + body, fault)
        else:
            self.wfile.write(head + body)

    def _head(self, response: Response) -> bytes:
        length = len(response.get_data())
        lines = [f"HTTP/1.1 {response.status}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items() if name.lower() != "content-length"]
        if response.status_code != 204:
            lines.append(f"Content-Length: {length}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def _drip(self, data: bytes, fault: Fault) -> None:
        for start in range(0, len(data), DRIP_BYTES):
            self.wfile.write(data[start : start + DRIP_BYTES])
            if self.server.stopping.wait(fault.seconds):
                return

    def _reset(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self.connection.close()


class EmulatorServer:
    """A running stand-in, as a context manager: ``url`` to call, ``xero`` to look inside.

    ``port`` 0 takes any free one; ``clock`` returns an aware time; ``auto_consent`` skips the consent page.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], datetime] = utc_now,
        auto_consent: bool = True,
    ) -> None:
        self.xero = Xero(clock=clock)
        self._stopping = threading.Event()
        application = Application(xero=self.xero, routes=ROUTES, auto_consent=auto_consent, stopping=self._stopping)
        self._server = _Server((host, port), application=application, stopping=self._stopping)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._server.server_port}"

    def serve_forever(self) -> None:
        """Serve in this thread until interrupted."""
        try:
            self._server.serve_forever()
        finally:
            self._close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._close()

    def _close(self) -> None:
        self._stopping.set()
        self._server.server_close()
        for held in list(self._server.open_sockets):
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)
