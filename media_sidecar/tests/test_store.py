"""Every store: what it has confirmed is there, whole, and nothing else is."""

import asyncio
import hashlib
from pathlib import Path

import pytest
from harness.places import Folder, Place
from harness.s3 import Bucket

from media_sidecar.store import KeyRefused, Store, StoreError, open_store

CONTENT = b"frames" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
LARGE = bytes(range(256)) * 4096 * 20
LARGE_SHA256 = hashlib.sha256(LARGE).hexdigest()
"""20 MiB, which S3 takes in parts."""
KEY = "recordings/a1/camera.webm"


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return request.getfixturevalue("bucket") if request.param == "s3" else Folder(tmp_path / "store")


@pytest.fixture
def store(place: Place, bucket: Bucket) -> Store:
    return open_store(place.address, bucket.options())


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.webm"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.mp4"
    path.write_bytes(LARGE)
    return path


async def content_of(store: Store, key: str, start: int = 0, stop: int | None = None) -> bytes:
    file = await store.open(key)
    assert file is not None
    return b"".join([chunk async for chunk in file.read(start, stop)])


async def test_a_file_is_stored_under_its_key(store: Store, source: Path) -> None:
    await store.put(KEY, source, len(CONTENT), SHA256)
    assert await content_of(store, KEY) == CONTENT


async def test_a_large_file_is_stored_whole(store: Store, large: Path) -> None:
    await store.put(KEY, large, len(LARGE), LARGE_SHA256)
    assert await content_of(store, KEY) == LARGE


async def test_an_empty_file_is_a_file(store: Store, source: Path) -> None:
    source.write_bytes(b"")
    await store.put(KEY, source, 0, hashlib.sha256(b"").hexdigest())
    assert await content_of(store, KEY) == b""


async def test_the_original_stays_until_its_owner_removes_it(store: Store, source: Path) -> None:
    await store.put(KEY, source, len(CONTENT), SHA256)
    assert source.read_bytes() == CONTENT
    source.unlink()
    assert await content_of(store, KEY) == CONTENT


async def test_storing_twice_is_storing_once(store: Store, place: Place, source: Path) -> None:
    await store.put(KEY, source, len(CONTENT), SHA256)
    first = await store.open(KEY)
    await store.put(KEY, source, len(CONTENT), SHA256)
    assert await store.open(KEY) == first
    assert place.held() == [KEY]


async def test_storing_the_same_at_the_same_time_is_storing_once(store: Store, place: Place, large: Path) -> None:
    await asyncio.gather(*(store.put(KEY, large, len(LARGE), LARGE_SHA256) for _ in range(3)))
    assert place.held() == [KEY]
    assert await content_of(store, KEY) == LARGE


@pytest.mark.parametrize("torn", [CONTENT[:10], CONTENT[:-1] + b"?"], ids=["shorter", "same length"])
async def test_what_a_crash_left_under_the_key_is_replaced(
    store: Store, place: Place, source: Path, torn: bytes
) -> None:
    place.write(KEY, torn)
    await store.put(KEY, source, len(CONTENT), SHA256)
    assert await content_of(store, KEY) == CONTENT


async def test_a_file_of_another_size_is_refused(store: Store, place: Place, source: Path) -> None:
    with pytest.raises(StoreError, match="should have 7"):
        await store.put(KEY, source, 7, SHA256)
    assert place.held() == []


async def test_a_file_of_another_hash_is_refused(store: Store, place: Place, source: Path) -> None:
    with pytest.raises(StoreError, match="not what was announced"):
        await store.put(KEY, source, len(CONTENT), hashlib.sha256(b"another").hexdigest())
    assert place.held() == []


async def test_a_file_that_is_gone_is_refused(store: Store, place: Place, source: Path) -> None:
    source.unlink()
    with pytest.raises(StoreError, match="No such file"):
        await store.put(KEY, source, len(CONTENT), SHA256)
    assert place.held() == []


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "/etc/hostname", "a//b", "a/./b", "a\\..\\b", "a\n"])
async def test_no_key_leads_out_of_the_store(store: Store, source: Path, key: str) -> None:
    with pytest.raises(KeyRefused, match="out of the store"):
        await store.open(key)
    with pytest.raises(KeyRefused, match="out of the store"):
        await store.put(key, source, len(CONTENT), SHA256)
    with pytest.raises(KeyRefused, match="out of the store"):
        await store.delete(key)


async def test_what_is_not_there_is_not_found(store: Store) -> None:
    assert await store.open(KEY) is None
    assert await store.open("recordings") is None
    assert await store.list_folder("recordings/none/") == []


@pytest.mark.parametrize(("start", "stop"), [(0, 1), (5, 700_000), (8_388_600, 8_388_616), (20_971_519, None), (3, 3)])
async def test_a_part_is_read_alone(store: Store, large: Path, start: int, stop: int | None) -> None:
    await store.put(KEY, large, len(LARGE), LARGE_SHA256)
    assert await content_of(store, KEY, start, stop) == LARGE[start:stop]


async def test_a_file_is_read_in_pieces(store: Store, large: Path) -> None:
    await store.put(KEY, large, len(LARGE), LARGE_SHA256)
    file = await store.open(KEY)
    assert file is not None
    assert max([len(chunk) async for chunk in file.read()]) <= 256 * 1024


async def test_a_reader_that_goes_away_early_leaves_the_store_usable(store: Store, large: Path) -> None:
    await store.put(KEY, large, len(LARGE), LARGE_SHA256)
    for _ in range(40):
        file = await store.open(KEY)
        assert file is not None
        async for _chunk in file.read():
            break
    assert await content_of(store, KEY, 0, 100) == LARGE[:100]


async def test_another_content_has_another_tag(store: Store, place: Place, source: Path) -> None:
    await store.put(KEY, source, len(CONTENT), SHA256)
    before = await store.open(KEY)
    place.write(KEY, b"another content")
    after = await store.open(KEY)
    assert before and after and before.etag != after.etag
    assert before.etag.startswith('"') and before.etag.endswith('"')


async def test_it_tells_whether_it_holds_these_very_bytes(store: Store, place: Place, source: Path) -> None:
    assert not await store.holds(KEY, len(CONTENT), SHA256)
    place.write(KEY, CONTENT)
    assert await store.holds(KEY, len(CONTENT), SHA256)
    assert not await store.holds(KEY, len(CONTENT) + 1, SHA256)
    place.write(KEY, CONTENT[:-1] + b"?")
    assert not await store.holds(KEY, len(CONTENT), SHA256)


async def test_a_folder_is_listed_in_order_with_what_is_below_it(store: Store, place: Place) -> None:
    for key in ("media/b/original.mp4", "media/a/poster.jpg", "media/a/original.mov", "media/ab/x.bin"):
        place.write(key, key.encode())
    files = await store.list_folder("media/a/")
    assert [file.key for file in files] == ["media/a/original.mov", "media/a/poster.jpg"]
    assert [b"".join(file.chunks()) for file in files] == [file.key.encode() for file in files]
    everything = await store.list_folder("")
    assert [file.key for file in everything] == sorted(file.key for file in everything)
    assert [file.size for file in everything] == [len(file.key) for file in everything]
    assert len(everything) == 4


async def test_a_deleted_file_is_gone_and_its_neighbours_are_not(store: Store, place: Place) -> None:
    for key in ("media/a/original.mov", "media/a/original.mov.txt", "media/a/poster.jpg"):
        place.write(key, b"x")
    await store.delete("media/a/original.mov")
    assert place.held() == ["media/a/original.mov.txt", "media/a/poster.jpg"]


async def test_a_deleted_folder_is_gone_and_its_neighbours_are_not(store: Store, place: Place) -> None:
    for key in ("media/a/original.mov", "media/a/deep/poster.jpg", "media/ab/poster.jpg"):
        place.write(key, b"x")
    await store.delete("media/a/")
    assert place.held() == ["media/ab/poster.jpg"]


@pytest.mark.parametrize("key", [KEY, "recordings/a1/"])
async def test_deleting_what_is_not_there_is_no_error(store: Store, key: str) -> None:
    await store.delete(key)


@pytest.mark.parametrize("key", ["", "/"])
async def test_the_whole_store_is_never_deleted(store: Store, place: Place, key: str) -> None:
    place.write(KEY, CONTENT)
    with pytest.raises(KeyRefused):
        await store.delete(key)
    assert place.held() == [KEY]


async def test_a_store_that_works_says_so_and_is_left_as_it_was(store: Store, place: Place) -> None:
    health = await store.check()
    assert health.ok
    assert place.held() == []


async def test_the_address_decides_on_the_kind_of_store(bucket: Bucket, tmp_path: Path) -> None:
    in_bucket = await open_store(bucket.address, bucket.options()).check()
    assert (in_bucket.kind, in_bucket.bucket, in_bucket.free_bytes) == ("s3", bucket.name, None)
    in_folder = await open_store(tmp_path, bucket.options()).check()
    assert (in_folder.kind, in_folder.bucket) == ("folder", None)
    assert in_folder.free_bytes and in_folder.free_bytes > 0
