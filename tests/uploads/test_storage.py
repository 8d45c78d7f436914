"""Where files lie: a folder or a bucket, with the same manners; and what STORAGE_URL may say."""

import dataclasses
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from config import SettingError, read_settings
from forum.integrations.storage import FolderStorage, Missing, Storage, Unavailable, checked_name, storage_of
from forum.integrations.storage.s3 import S3Storage
from tests.factory import Factory
from tests.surfing import Surfer
from tests.uploads.fake_s3 import BUCKET, KEY, FakeS3
from tests.uploads.making import drawn, rows, upload, uploaded


@pytest.fixture
def s3() -> Iterator[FakeS3]:
    """A bucket in this process."""
    service = FakeS3()
    yield service
    service.stop()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Both kinds."""
    if request.param == "folder":
        return FolderStorage(f"file://{tmp_path / 'my files'}")
    service: FakeS3 = request.getfixturevalue("s3")
    return S3Storage(service.url)


def test_what_is_put_is_there(store: Storage) -> None:
    """Bytes and open files, again in the same place, until it is deleted; deleting twice is no trouble."""
    store.put("pictures/ab/abc/480.webp", b"one", "image/webp")
    assert store.get("pictures/ab/abc/480.webp") == b"one"
    store.put("pictures/ab/abc/480.webp", io.BytesIO(b"two"), "image/webp")
    store.put("originals/abc", io.BytesIO(b"x" * 3_000_000), "application/octet-stream")
    assert store.get("pictures/ab/abc/480.webp") == b"two"
    assert len(store.get("originals/abc")) == 3_000_000
    for _again in range(2):
        store.delete(["pictures/ab/abc/480.webp", "originals/abc"])
    with pytest.raises(Missing):
        store.get("pictures/ab/abc/480.webp")


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../x", "/etc/passwd", "a//b", ".hidden", "a/.part", "a\x00b", "a\\b", "CON", "a b", "", "x" * 300, "é",
     "a/", "a\n", "~", "a%2fb", "C:x"],
)  # fmt: skip
def test_other_names_than_ours_are_refused(store: Storage, name: str) -> None:
    """T22: nothing that could lead elsewhere, on any system, gets as far as a path or an address."""
    with pytest.raises(ValueError, match="not a name"):
        checked_name(name)
    for act in (lambda: store.put(name, b"x", "text/plain"), lambda: store.get(name), lambda: store.delete([name])):
        with pytest.raises(ValueError, match="not a name"):
            act()


def test_a_folder_that_cannot_be_written_to_is_said_to_be_away(tmp_path: Path) -> None:
    """And no half file stays."""
    (tmp_path / "originals").write_text("in the way")
    with pytest.raises(Unavailable):
        FolderStorage(f"file://{tmp_path}").put("originals/abc", b"x", "text/plain")
    assert [path.name for path in tmp_path.iterdir()] == ["originals"]


def test_files_are_for_the_product_alone(tmp_path: Path) -> None:
    """Other users of the machine cannot look into the folders."""
    FolderStorage(f"file://{tmp_path / 'u'}").put("originals/abc", b"x", "text/plain")
    assert (tmp_path / "u" / "originals").stat().st_mode & 0o077 == 0


def test_a_bucket_that_is_away_or_refuses(s3: FakeS3) -> None:
    """Errors of the service, a wrong key, nobody there: the product knows them all as one."""
    wrong = S3Storage(s3.url.replace(KEY, "somebody"))
    with pytest.raises(Unavailable, match="SignatureDoesNotMatch"):
        wrong.get("originals/abc")
    s3.broken = True
    with pytest.raises(Unavailable):
        S3Storage(s3.url).put("originals/abc", b"x", "text/plain")
    s3.stop()
    with pytest.raises(Unavailable):
        S3Storage(s3.url).get("originals/abc")


def test_pictures_in_a_bucket(
    app: Flask, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None], s3: FakeS3,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The whole way with S3; while it is away the text is kept, pages go on and say when to try again."""
    settings = dataclasses.replace(app.config["SETTINGS"], storage_url=s3.url)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    mia = browse(make.member("mia"))
    address = uploaded(mia, drawn("PNG", (1000, 500)))
    name = address.removeprefix("/u/")
    assert list(s3.objects) == [f"originals/{name}"]
    drain()
    assert sorted(s3.objects) == [f"pictures/{name[:2]}/{name}/{width}.webp" for width in (1000, 480, 960)]
    assert {kind for _content, kind in s3.objects.values()} == {"image/webp"}
    assert mia.get(f"{address}/480").data == s3.objects[f"pictures/{name[:2]}/{name}/480.webp"][0]
    assert s3.refused == []
    s3.broken = True
    away = mia.get(address)
    assert away.status_code == 503 and int(away.headers["Retry-After"]) > 0
    refused = upload(mia, drawn())
    assert refused.status_code == 503 and refused.json is not None
    assert "Your text is kept" in refused.json["detail"]
    assert [row.state for row in rows(app)] == ["ready", "arriving"]
    assert mia.get(rows(app)[-1].address).status_code == 404


def test_the_setting(tmp_path: Path) -> None:
    """The default is a folder of the instance; both forms are taken and lead to their kind."""

    def setting(**environ: str) -> str:
        return read_settings({"SECRET_KEY": "s" * 32, "PRIVACY_KEY": "p" * 32, **environ}, tmp_path).storage_url

    assert setting() == f"file://{tmp_path}/uploads"
    assert isinstance(storage_of(setting(STORAGE_URL=f"file://{tmp_path}/elsewhere")), FolderStorage)
    url = "s3://k:s%2Fx@s3.example.com:9000/my-bucket?region=eu-1&tls=off"
    assert isinstance(storage_of(setting(STORAGE_URL=url)), S3Storage)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/x", "uploads", "file://relative/x", "s3://example.com/bucket", "s3://k:hush@example.com",
     "s3://k:hush@example.com/B", "s3://k:hush@example.com/bucket/inside", "s3://k:hush@example.com:99999/bucket",
     "s3://k:hush@example.com/bucket?acl=public", "s3://k:hush@example.com/bucket?tls=no", "s3://[/bucket",
     "file:///proc/nobody/uploads"],
)  # fmt: skip
def test_a_wrong_setting_stops_the_start(tmp_path: Path, url: str) -> None:
    """One sentence that names it, and no secret in it."""
    with pytest.raises(SettingError, match="STORAGE_URL") as refusal:
        read_settings({"STORAGE_URL": url}, tmp_path)
    assert "hush" not in str(refusal.value)


def test_settings_are_shown_without_the_key(tmp_path: Path) -> None:
    """A log of the settings gives nothing away."""
    assert BUCKET not in repr(read_settings({"STORAGE_URL": f"s3://{KEY}:hush@example.com/{BUCKET}"}, tmp_path))
