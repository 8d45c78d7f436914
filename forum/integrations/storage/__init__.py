"""Where files lie: in a folder (`file://`), or with a service that speaks S3 (`s3://`). Chosen by `STORAGE_URL`.

Names are made by the product (never by those who upload): lower-case letters, digits, dots and dashes, parted by "/".
"""

from functools import lru_cache

from forum.integrations.storage.folder import FolderStorage
from forum.integrations.storage.interface import Missing, Storage, Unavailable, checked_name

__all__ = ["FolderStorage", "Missing", "Storage", "Unavailable", "checked_name", "storage_of"]


@lru_cache(maxsize=8)
def storage_of(storage_url: str) -> Storage:
    """The storage at `storage_url` (checked at the start by `config`)."""
    if storage_url.startswith("s3://"):
        from forum.integrations.storage.s3 import S3Storage  # its library is loaded where it is used

        return S3Storage(storage_url)
    return FolderStorage(storage_url)
