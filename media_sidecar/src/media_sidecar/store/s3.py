"""A store in a bucket of any S3 (AWS, MinIO, Garage, Ceph): every call blocks, so every call is in a thread.

API reference: https://docs.aws.amazon.com/AmazonS3/latest/API/
"""

import asyncio
import contextlib
import functools
import hashlib
import logging
import os
import threading
import time
import uuid
import weakref
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from .address import S3Address
from .base import CHUNK_BYTES, StoredFile, StoreError, StoreHealth, check_key
from .fingerprint import Fingerprint, checksum, parts_of
from .s3_errors import code_of, sentence, status_of
from .threads import Threads

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, HeadObjectOutputTypeDef

CONNECT_SECONDS = 5.0
ATTEMPTS = 3
"""How often boto3 (retry mode ``standard``) sends a request; each of ours may be sent twice without harm."""
UPLOADS_AT_ONCE = 4
REQUESTS_AT_ONCE = 16
READ_FAILURES = 3
"""How often in a row a file may break off while it is read before the reader is told."""
CHECK_TIMEOUT_SECONDS = 4.0
CHECK_EVERY_SECONDS = 10.0
"""A load balancer that asks more often is told the same."""
_INCOMING = ".incoming"

ResultT = TypeVar("ResultT")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class S3Options:
    """How S3 is reached.

    :ivar endpoint: base address of the server; AWS without it
    :ivar access_key: without it boto3 looks where it always does: environment, profile, role of the machine
    :ivar sse: how the server encrypts what it keeps; the bucket's own default without it
    :ivar presign: whether browsers are sent to the bucket
    :ivar timeout: seconds that the server may be silent
    """

    endpoint: str | None = None
    region: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    sse: Literal["AES256", "aws:kms"] | None = None
    kms_key: str | None = None
    presign: bool = True
    timeout: float = 30.0

    def __repr__(self) -> str:
        return f"S3Options(endpoint={self.endpoint!r}, region={self.region!r})"


class S3Store:
    """Files in a bucket, with their SHA-256 as metadata.

    :param address: the bucket, and the beginning of every key
    """

    def __init__(self, address: S3Address, options: S3Options) -> None:
        self._bucket = address.bucket
        self._prefix = address.prefix
        self._options = options
        self._uploads = Threads("s3 upload", UPLOADS_AT_ONCE)
        self._requests = Threads("s3", REQUESTS_AT_ONCE)
        self._uploading: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._putting: set[asyncio.Task[None]] = set()
        self._lock = threading.Lock()
        self._clients: dict[str, S3Client] = {}
        self._takes_checksums = True
        self._checking = asyncio.Lock()
        self._checked: tuple[float, StoreHealth] | None = None

    async def put(self, key: str, source: Path, size: int, sha256: str) -> None:
        check_key(key)
        abandoned = threading.Event()
        # One upload of a key at a time: each throws away what an earlier one left unfinished.
        lock = self._uploading.setdefault(key, asyncio.Lock())

        async def work() -> None:
            async with lock:
                await self._told(self._uploads, lambda: self._put(key, source, size, sha256, abandoned))

        # A task of its own: the key is free again when the call has ended, and not when nobody waits for it any more.
        task = asyncio.create_task(work(), name=f"store {key}")
        self._putting.add(task)
        task.add_done_callback(self._ended)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            abandoned.set()
            raise

    async def holds(self, key: str, size: int, sha256: str) -> bool:
        check_key(key)

        def work() -> bool:
            head = self._head(key)
            return head is not None and head["ContentLength"] == size and self._hash(key, head) == sha256

        return await self._told(self._requests, work)

    async def open(self, key: str) -> StoredFile | None:
        check_key(key)
        return await self._told(self._requests, lambda: self._open(key))

    async def list_folder(self, prefix: str) -> list[StoredFile]:
        if prefix:
            check_key(prefix)
        return await self._told(self._requests, lambda: self._list_folder(prefix))

    async def delete(self, key: str) -> None:
        check_key(key)
        await self._told(self._requests, lambda: self._delete(key))

    async def presign(self, key: str, seconds: int, mime: str, disposition: str) -> str | None:
        check_key(key)
        if not self._options.presign:
            return None
        said = {"ResponseContentType": mime, "ResponseContentDisposition": disposition}
        said["ResponseCacheControl"] = f"private, max-age={seconds}"
        where = self._where(key) | said

        def work() -> str:
            return self._client.generate_presigned_url("get_object", Params=where, ExpiresIn=seconds)

        return await self._told(self._requests, work)

    async def check(self) -> StoreHealth:
        async with self._checking:
            if self._checked is None or time.monotonic() - self._checked[0] > CHECK_EVERY_SECONDS:
                health = await self._requests.run(self._check)
                self._checked = time.monotonic(), health
            return self._checked[1]

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._putting.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # Where nobody waits for it any more, nobody else would say so.
            log.info("a file was not stored", extra={"problem": str(error)})

    async def _told(self, threads: Threads, work: Callable[[], ResultT]) -> ResultT:
        """Do *work* in a thread; whatever goes wrong with S3 is a sentence."""
        try:
            return await threads.run(work)
        except (BotoCoreError, ClientError) as error:
            raise StoreError(sentence(error, self._bucket)) from error
        except OSError as error:
            raise StoreError(f"A file could not be read: {error.strerror or error}.") from error

    def _put(self, key: str, source: Path, size: int, sha256: str, abandoned: threading.Event) -> None:
        content = Fingerprint.of(source)
        if content.size != size:
            raise StoreError(f"{key} has {content.size} bytes and should have {size}.")
        if content.sha256 != sha256:
            raise StoreError("What was to be stored is not what was announced; nothing was kept.")
        if self._confirms(key, content):
            return
        if abandoned.is_set():
            raise _given_up()
        try:
            self._send_confirmed(key, source, content, abandoned)
        finally:
            # Whoever deletes a key gives its upload up first, and cannot see what this call brings there afterwards.
            if abandoned.is_set():
                self._client.delete_object(**self._where(key))

    def _send_confirmed(self, key: str, source: Path, content: Fingerprint, abandoned: threading.Event) -> None:
        try:
            self._send(key, source, content, abandoned)
        except ClientError as error:
            if code_of(error) != "NotImplemented" or not self._takes_checksums:
                raise
            log.warning("S3 does not know SHA-256 checksums: every file is read back instead")
            self._takes_checksums = False
            self._send(key, source, content, abandoned)
        if not self._confirms(key, content):
            self._client.delete_object(**self._where(key))
            raise StoreError(f"{key} arrived damaged in the bucket {self._bucket}; it was removed and is sent again.")

    def _send(self, key: str, source: Path, content: Fingerprint, abandoned: threading.Event) -> None:
        if len(content.parts) > 1:
            self._send_parts(key, source, content, abandoned)
            return
        body = next(parts_of(source, content.part_bytes), b"")
        claimed = self._claimed(checksum(body))
        self._client.put_object(**self._where(key), **self._kept(content), Body=body, **claimed)

    def _send_parts(self, key: str, source: Path, content: Fingerprint, abandoned: threading.Event) -> None:
        """Send in parts: nothing is under the key before the last call, which S3 does whole or not at all."""
        self._abort_unfinished(key, exact=True)
        algorithm: dict[str, Any] = {"ChecksumAlgorithm": "SHA256"} if self._takes_checksums else {}
        upload = self._client.create_multipart_upload(**self._where(key), **self._kept(content), **algorithm)
        which = self._where(key) | {"UploadId": upload["UploadId"]}
        try:
            parts = list(self._sent_parts(which, source, content, abandoned))
            try:
                self._client.complete_multipart_upload(**which, MultipartUpload={"Parts": parts})
            except ClientError as error:
                # An answer was lost and the call repeated: whether the first one did it is seen afterwards.
                if code_of(error) != "NoSuchUpload":
                    raise
        except BaseException:
            with contextlib.suppress(BotoCoreError, ClientError):
                self._client.abort_multipart_upload(**which)
            raise

    def _sent_parts(
        self, which: dict[str, Any], source: Path, content: Fingerprint, abandoned: threading.Event
    ) -> "Iterator[CompletedPartTypeDef]":
        for number, body in enumerate(parts_of(source, content.part_bytes), start=1):
            if abandoned.is_set():
                raise _given_up()
            if number > len(content.parts):
                raise StoreError("The file grew while it was sent.")
            # The hash of the first reading: a file that changes meanwhile is refused.
            sha256 = content.parts[number - 1]
            answer = self._client.upload_part(**which, PartNumber=number, Body=body, **self._claimed(sha256))
            part: CompletedPartTypeDef = {"PartNumber": number, "ETag": answer["ETag"]}
            yield part | {"ChecksumSHA256": sha256} if self._takes_checksums else part

    def _claimed(self, sha256: str) -> dict[str, Any]:
        return {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": sha256} if self._takes_checksums else {}

    def _confirms(self, key: str, content: Fingerprint) -> bool:
        """Whether S3 has exactly *content*: by its own hash of a file in parts, else by reading back."""
        head = self._head(key)
        if head is None or head["ContentLength"] != content.size or head["Metadata"].get("sha256") != content.sha256:
            return False
        # AWS adds the number of parts, which is no part of base64.
        hashed_there = head.get("ChecksumSHA256", "").partition("-")[0]
        is_hashed_there = len(content.parts) > 1 and hashed_there == content.composite
        return is_hashed_there or self._hash(key, head) == content.sha256

    def _head(self, key: str) -> "HeadObjectOutputTypeDef | None":
        try:
            return self._client.head_object(**self._where(key), ChecksumMode="ENABLED")
        except ClientError as error:
            if status_of(error) == 404:
                return None
            raise

    def _hash(self, key: str, head: "HeadObjectOutputTypeDef") -> str:
        digest = hashlib.sha256()
        for chunk in self._read(key, head["ETag"], 0, head["ContentLength"]):
            digest.update(chunk)
        return digest.hexdigest()

    def _open(self, key: str) -> StoredFile | None:
        head = self._head(key)
        if head is None:
            # The answer to HEAD has no word for what is missing.
            self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix + key, MaxKeys=1)
            return None
        sha256 = head["Metadata"].get("sha256")
        etag = f'"{sha256}"' if sha256 else head["ETag"]
        return self._file(key, head["ContentLength"], head["ETag"], head["LastModified"].timestamp(), sha256, etag)

    def _file(
        self, key: str, size: int, tag: str, modified: float, sha256: str | None = None, etag: str | None = None
    ) -> StoredFile:
        reader = functools.partial(self._read_told, key, tag)
        return StoredFile(key, size, etag or tag, modified, sha256, None, reader, self._requests)

    def _list_folder(self, prefix: str) -> list[StoredFile]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        files = []
        for item in (item for page in pages for item in page.get("Contents", [])):
            key = item["Key"].removeprefix(self._prefix)
            if not key.startswith(".") and not key.endswith("/"):
                files.append(self._file(key, item["Size"], item["ETag"], item["LastModified"].timestamp()))
        return sorted(files, key=lambda file: file.key)

    def _read_told(self, key: str, tag: str, start: int, stop: int) -> Generator[bytes, None, None]:
        try:
            yield from self._read(key, tag, start, stop)
        except (BotoCoreError, ClientError) as error:
            raise StoreError(sentence(error, self._bucket)) from error

    def _read(self, key: str, tag: str, start: int, stop: int) -> Generator[bytes, None, None]:
        """The bytes from *start* to *stop*; goes on where an answer breaks off."""
        failures = 0
        while start < stop:
            wanted = f"bytes={start}-{stop - 1}"
            answer = self._client.get_object(**self._where(key), Range=wanted, IfMatch=tag)
            try:
                with contextlib.closing(answer["Body"]) as body:
                    for chunk in body.iter_chunks(CHUNK_BYTES):
                        start += len(chunk)
                        failures = 0
                        yield chunk
            except BotoCoreError:
                failures += 1
                if failures > READ_FAILURES:
                    raise

    def _delete(self, key: str) -> None:
        self._abort_unfinished(key, exact=not key.endswith("/"))
        keys = [file.key for file in self._list_folder(key)] if key.endswith("/") else [key]
        for each in keys:
            # One by one: the call for many needs a checksum that not every server understands.
            self._client.delete_object(**self._where(each))

    def _abort_unfinished(self, key: str, exact: bool) -> None:
        """Throw away parts that a killed upload left; whoever may not list them has a lifecycle rule do it."""
        name = self._prefix + key
        with contextlib.suppress(ClientError):
            for upload in self._client.list_multipart_uploads(Bucket=self._bucket, Prefix=name).get("Uploads", []):
                if upload["Key"] == name or not exact:
                    self._client.abort_multipart_upload(
                        Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                    )

    def _check(self) -> StoreHealth:
        content = os.urandom(1024)
        probe = self._where(f"{_INCOMING}/{uuid.uuid4().hex}")
        verdict = functools.partial(StoreHealth, kind="s3", bucket=self._bucket)
        try:
            client = self._client_for("check", min(self._options.timeout, CHECK_TIMEOUT_SECONDS), 1)
            client.put_object(**probe, **self._encrypted(), Body=content)
            returned = client.get_object(**probe)["Body"].read()
            client.list_objects_v2(Bucket=self._bucket, Prefix=probe["Key"], MaxKeys=1)
            client.delete_object(**probe)
        except (BotoCoreError, ClientError) as error:
            return verdict(False, sentence(error, self._bucket))
        if returned != content:
            return verdict(False, f"The bucket {self._bucket} returns other bytes than it was given.")
        return verdict(True, f"The bucket {self._bucket} takes and gives files.")

    def _where(self, key: str) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}

    def _kept(self, content: Fingerprint) -> dict[str, Any]:
        return {"Metadata": {"sha256": content.sha256}} | self._encrypted()

    def _encrypted(self) -> dict[str, Any]:
        wanted = {"ServerSideEncryption": self._options.sse, "SSEKMSKeyId": self._options.kms_key}
        return {name: value for name, value in wanted.items() if value}

    @property
    def _client(self) -> "S3Client":
        return self._client_for("work", self._options.timeout, ATTEMPTS)

    def _client_for(self, purpose: str, timeout: float, attempts: int) -> "S3Client":
        """A client, which threads share; making one takes a while and may look for credentials."""
        with self._lock:
            if purpose not in self._clients:
                self._clients[purpose] = _make_client(self._options, timeout, attempts)
            return self._clients[purpose]


def _given_up() -> StoreError:
    return StoreError("The upload was given up.")


def _make_client(options: S3Options, timeout: float, attempts: int) -> "S3Client":
    # Half a second of every start, which a service with a local folder need not wait for.
    import boto3
    from botocore.config import Config

    session = boto3.session.Session(
        aws_access_key_id=options.access_key, aws_secret_access_key=options.secret_key, region_name=options.region
    )
    config = Config(
        signature_version="s3v4",
        connect_timeout=min(timeout, CONNECT_SECONDS),
        read_timeout=timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=UPLOADS_AT_ONCE + REQUESTS_AT_ONCE,
        # Ours are computed before the first byte is sent, and every S3 understands them or says that it does not.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path" if options.endpoint else "auto"},
    )
    region = session.region_name or "us-east-1"
    return session.client("s3", region_name=region, endpoint_url=options.endpoint, config=config)
