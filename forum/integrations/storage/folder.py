"""Files in a folder of this machine."""

import os
import secrets
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from forum.integrations.storage.interface import Missing, Unavailable, checked_name


class FolderStorage:
    """The folder of a `file://` address; made when it is first needed."""

    def __init__(self, storage_url: str) -> None:
        self._root = Path(unquote(urlsplit(storage_url).path))

    def put(self, name: str, content: bytes | BinaryIO, content_type: str) -> None:
        """Written beside, flushed to the disk, then renamed: a file is there whole or not at all."""
        path = self._path(name)
        part = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with part.open("xb") as file:
                if isinstance(content, bytes):
                    file.write(content)
                else:
                    shutil.copyfileobj(content, file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise Unavailable(str(error)) from error

    def get(self, name: str) -> bytes:
        """The content of a file."""
        try:
            return self._path(name).read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise Missing(name) from error
        except OSError as error:
            raise Unavailable(str(error)) from error

    def delete(self, names: Iterable[str]) -> None:
        """Remove files, and the folder of a picture once it is empty."""
        for name in names:
            path = self._path(name)
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise Unavailable(str(error)) from error
            if name.count("/") > 1:  # shared folders stay: another thread may be about to write there
                with suppress(OSError):  # not empty yet, or never made
                    path.parent.rmdir()

    def _path(self, name: str) -> Path:
        return self._root / checked_name(name)
