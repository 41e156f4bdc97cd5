"""Uploads are stopped while they arrive, not after they have filled the disk."""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

MAX_BYTES = 64 * 1024 * 1024


class StopAtLimit(FileUploadHandler):
    """Keeps at most MAX_BYTES of a request's files; beyond that `request.upload_too_large` is set and none is kept.

    The rest is read and thrown away, so that the page can answer in words.
    """

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > MAX_BYTES:
            self.request.upload_too_large = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
        return
