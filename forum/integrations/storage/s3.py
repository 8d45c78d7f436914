"""Files with a service that speaks S3: `s3://KEY:SECRET@endpoint[:port]/bucket[?region=…][&tls=off]`."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO
from urllib.parse import parse_qs, unquote, urlsplit

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, S3Error, ServerError

from forum.integrations.storage.interface import Missing, Unavailable, checked_name

CONNECT, READ = 5, 20  # seconds: a page waits for it
REGION = "us-east-1"  # what services without regions expect


class S3Storage:
    """A bucket. It must exist; its policy must let nobody else read it."""

    def __init__(self, storage_url: str) -> None:
        parts = urlsplit(storage_url)
        options = parse_qs(parts.query)
        secure = options.get("tls", ["on"])[0] != "off"
        timeout = urllib3.Timeout(connect=CONNECT, read=READ)
        retries = urllib3.Retry(total=2, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504))
        self._bucket = parts.path.strip("/")
        self._client = Minio(
            parts.netloc.rpartition("@")[2],
            access_key=unquote(parts.username or ""),
            secret_key=unquote(parts.password or ""),
            secure=secure,
            region=options.get("region", [REGION])[0],
            http_client=urllib3.PoolManager(timeout=timeout, retries=retries, maxsize=16),
        )

    def put(self, name: str, content: bytes | BinaryIO, content_type: str) -> None:
        """Send a file; the service shows it once it has all of it."""
        file = io.BytesIO(content) if isinstance(content, bytes) else content
        start = file.tell()
        length = file.seek(0, io.SEEK_END) - start
        file.seek(start)
        with _reaching():
            self._client.put_object(self._bucket, checked_name(name), file, length, content_type=content_type)

    def get(self, name: str) -> bytes:
        """The content of a file."""
        with _reaching():
            response = self._client.get_object(self._bucket, checked_name(name))
            try:
                return response.read()
            finally:
                response.close()
                response.release_conn()

    def delete(self, names: Iterable[str]) -> None:
        """Remove files, one request each: services differ in what they make of many at once."""
        for name in names:
            with _reaching():
                self._client.remove_object(self._bucket, checked_name(name))


@contextmanager
def _reaching() -> Iterator[None]:
    """Turn what the client raises into what the product knows."""
    try:
        yield
    except S3Error as error:
        if error.code in ("NoSuchKey", "NoSuchObject"):
            raise Missing(error.object_name or "") from error
        raise Unavailable(f"{error.code}: {error.message}") from error
    except (urllib3.exceptions.HTTPError, InvalidResponseError, ServerError, OSError) as error:
        raise Unavailable(str(error)) from error
