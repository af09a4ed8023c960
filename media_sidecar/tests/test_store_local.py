"""What is special to a local folder: links, other file systems, full disks."""

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
    return LocalStore(tmp_path / "store")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.webm"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def other_file_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is on another file system than the spool."""

    def refuse(*_: Any) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_on_the_same_file_system_nothing_is_copied(store: LocalStore, source: Path) -> None:
    await store.put(KEY, source, len(CONTENT), SHA256)
    file = await store.open(KEY)
    assert file and file.path and file.path.samefile(source)


async def test_from_another_file_system_the_file_is_copied(
    store: LocalStore, source: Path, other_file_system: None
) -> None:
    await store.put(KEY, source, len(CONTENT), SHA256)
    file = await store.open(KEY)
    assert file and file.path and file.path.read_bytes() == CONTENT
    assert not file.path.samefile(source)


async def test_a_copy_that_differs_is_thrown_away(
    store: LocalStore, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other_file_system: None
) -> None:
    def corrupt(reader: Any, writer: Any, length: int) -> None:
        writer.write(CONTENT[:-1] + b"?")

    monkeypatch.setattr(shutil, "copyfileobj", corrupt)
    with pytest.raises(StoreError, match="not what was announced"):
        await store.put(KEY, source, len(CONTENT), SHA256)
    assert files_in(tmp_path / "store") == []


async def test_a_full_disk_is_an_error_that_says_so(
    store: LocalStore, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(StoreError, match="No space left"):
        await store.put(KEY, source, len(CONTENT), SHA256)


async def test_a_link_inside_the_store_leads_nowhere_else(store: LocalStore, source: Path, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "escape").symlink_to(tmp_path)
    with pytest.raises(StoreError, match="out of the store"):
        await store.open("escape/source.webm")


async def test_the_folder_of_the_last_deleted_file_goes_with_it(
    store: LocalStore, source: Path, tmp_path: Path
) -> None:
    await store.put(KEY, source, len(CONTENT), SHA256)
    await store.delete(KEY)
    assert not (tmp_path / "store" / "recordings").exists()
    assert (tmp_path / "store").is_dir()


async def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    health = await LocalStore(tmp_path / "file").check()
    assert not health.ok
    assert "cannot be written" in health.message
