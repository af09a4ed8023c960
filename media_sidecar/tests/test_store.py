"""The local store: what it has confirmed is on the disk, whole."""

import errno
import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from media_sidecar.store import LocalStore, StoreError

CONTENT = b"frames" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
KEY = "recordings/a1/camera.webm"


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    (tmp_path / "store").mkdir()
    return LocalStore(tmp_path / "store")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.webm"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture(params=["linked", "copied"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """On the spool's own file system, or on another one."""
    if request.param == "copied":

        def refuse(*_: Any) -> None:
            raise OSError(errno.EXDEV, "Invalid cross-device link")

        monkeypatch.setattr(os, "link", refuse)
    return str(request.param)


async def test_a_file_is_stored_under_its_key(store: LocalStore, source: Path, way: str) -> None:
    await store.put(KEY, source, len(CONTENT), SHA256)
    path = await store.find(KEY)
    assert path is not None and path.read_bytes() == CONTENT


async def test_the_original_stays_until_its_owner_removes_it(store: LocalStore, source: Path, way: str) -> None:
    await store.put(KEY, source, len(CONTENT), SHA256)
    source.unlink()
    path = await store.find(KEY)
    assert path is not None and path.read_bytes() == CONTENT


async def test_storing_twice_is_storing_once(store: LocalStore, source: Path, way: str) -> None:
    await store.put(KEY, source, len(CONTENT), SHA256)
    await store.put(KEY, source, len(CONTENT), SHA256)
    assert [key for key, _ in await store.list_folder("recordings/a1/")] == [KEY]


async def test_what_a_crash_left_under_the_key_is_replaced(store: LocalStore, source: Path, way: str) -> None:
    await store.put(KEY, source, len(CONTENT), SHA256)
    torn = await store.find(KEY)
    assert torn is not None
    torn.unlink()
    torn.write_bytes(CONTENT[:10])
    await store.put(KEY, source, len(CONTENT), SHA256)
    assert torn.read_bytes() == CONTENT


async def test_a_file_of_another_size_is_refused(store: LocalStore, source: Path) -> None:
    with pytest.raises(StoreError, match="should have 7"):
        await store.put(KEY, source, 7, SHA256)
    assert await store.find(KEY) is None


async def test_a_copy_that_differs_is_thrown_away(
    store: LocalStore, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    def corrupt(reader: Any, writer: Any, length: int) -> None:
        writer.write(CONTENT[:-1] + b"?")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(shutil, "copyfileobj", corrupt)
    with pytest.raises(StoreError, match="differs"):
        await store.put(KEY, source, len(CONTENT), SHA256)
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


async def test_a_full_disk_is_an_error_that_says_so(
    store: LocalStore, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(StoreError, match="No space left"):
        await store.put(KEY, source, len(CONTENT), SHA256)


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "/etc/hostname"])
async def test_no_key_leads_out_of_the_store(store: LocalStore, key: str) -> None:
    with pytest.raises(StoreError, match="out of the store"):
        await store.find(key)


async def test_a_link_inside_the_store_leads_nowhere_else(store: LocalStore, source: Path, tmp_path: Path) -> None:
    (tmp_path / "store" / "escape").symlink_to(tmp_path)
    with pytest.raises(StoreError, match="out of the store"):
        await store.find("escape/source.webm")


async def test_what_is_not_there_is_not_found(store: LocalStore) -> None:
    assert await store.find(KEY) is None
    assert await store.list_folder("recordings/none/") == []


async def test_a_store_that_works_says_how_much_is_left(store: LocalStore) -> None:
    health = await store.check()
    assert health.ok
    assert health.free_bytes and health.free_bytes > 0


async def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    health = await LocalStore(tmp_path / "file").check()
    assert not health.ok
    assert "cannot be written" in health.message
