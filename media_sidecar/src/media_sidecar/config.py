"""Settings: environment variables with the prefix ``VET_SIDECAR_``, validated once, at start."""

import base64
import binascii
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretBytes, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from .store import S3Address, S3Options, parse_address

PREFIX = "VET_SIDECAR_"
MIN_SECRET_BYTES = 32
GIB = 1024**3

_HOW_TO_MAKE_ONE = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


class ConfigurationError(Exception):
    """Settings that the service cannot start with.

    :ivar problems: one sentence a problem, each naming its variable
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class StoreSettings(BaseSettings):
    """Where finished files are kept, and how S3 is reached."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, validate_default=False, frozen=True, hide_input_in_errors=True
    )

    store: Annotated[S3Address | Path | None, NoDecode] = None
    """A folder, or ``s3://bucket/prefix``; by default a folder below :attr:`Settings.data`."""
    s3_endpoint: str | None = None
    """Base address of an S3 that is not AWS."""
    s3_region: str | None = None
    s3_access_key: str | None = None
    s3_secret_key: SecretStr | None = None
    s3_sse: Literal["AES256", "aws:kms"] | None = None
    s3_kms_key: str | None = None
    s3_presign: bool = True
    """Whether browsers read from the bucket itself, by addresses that soon expire."""
    s3_presign_seconds: int = Field(3600, ge=60, le=12 * 3600)
    """How long such an address lives at most; never longer than the ticket that it answers."""
    s3_timeout: float = Field(30.0, gt=0, le=600)
    """Seconds that S3 may be silent before a request is tried again."""

    @field_validator("store", mode="before")
    @classmethod
    def _parse_store(cls, value: Any) -> Any:
        return parse_address(value) if isinstance(value, str) else value

    @field_validator("s3_endpoint")
    @classmethod
    def _check_endpoint(cls, value: str) -> str:
        url = value.strip().rstrip("/")
        try:
            origin_of(url)
        except ValueError:
            raise ValueError("must be an http or https address, such as https://s3.clinic.example") from None
        if urlsplit(url).query or urlsplit(url).fragment or urlsplit(url).username:
            raise ValueError("must be a base address without credentials, a query or a fragment")
        return url

    @model_validator(mode="after")
    def _complete_s3(self) -> Self:
        if bool(self.s3_access_key) != bool(self.s3_secret_key):
            missing = "SECRET_KEY" if self.s3_access_key else "ACCESS_KEY"
            raise ValueError(
                f"{PREFIX}S3_{missing} is missing: VET_SIDECAR_S3_ACCESS_KEY and VET_SIDECAR_S3_SECRET_KEY go together"
            )
        if self.s3_kms_key and self.s3_sse != "aws:kms":
            raise ValueError("VET_SIDECAR_S3_KMS_KEY is used only with VET_SIDECAR_S3_SSE=aws:kms")
        if isinstance(self.store, S3Address) and not self.s3_region and not self.s3_endpoint:
            raise ValueError(
                "VET_SIDECAR_S3_REGION is missing: AWS needs the region of the bucket, any other S3 its "
                "VET_SIDECAR_S3_ENDPOINT"
            )
        return self

    @property
    def s3_options(self) -> S3Options:
        return S3Options(
            endpoint=self.s3_endpoint,
            region=self.s3_region,
            access_key=self.s3_access_key,
            secret_key=self.s3_secret_key.get_secret_value() if self.s3_secret_key else None,
            sse=self.s3_sse,
            kms_key=self.s3_kms_key,
            presign=self.s3_presign,
            timeout=self.s3_timeout,
        )


class Settings(StoreSettings):
    """What the operator decides. Every field is the variable ``VET_SIDECAR_<FIELD>``."""

    secret: SecretBytes
    """Shared with Odoo (``vet_teleconsult.sidecar_secret``); given as base64url, kept decoded."""
    odoo_url: str
    """Base address of Odoo, without a trailing slash."""
    data: Path
    """Folder of the spool, the database and, by default, the store."""
    host: str = "127.0.0.1"
    port: int = Field(8070, ge=0, le=65535)
    allowed_origins: Annotated[frozenset[str], NoDecode] = frozenset()
    """Browser origins that may open a socket or read media; by default Odoo's own."""
    max_legs: int = Field(60, ge=1)
    min_free_bytes: int = Field(GIB, ge=0)
    max_loop_lag: float = Field(0.25, gt=0)
    """Seconds the event loop may be late before a recording is refused."""
    record_bitrate: int = Field(1_500_000, ge=100_000, le=20_000_000)
    """Highest bit/s of a recorded video leg."""
    turn_url: str | None = None
    turn_secret: SecretStr | None = None
    call_grace: float = Field(30.0, gt=0, le=3600)
    """Seconds a call survives a lost participant."""
    max_upload_bytes: int = Field(2 * GIB, ge=1)
    """The most that one upload may have, whatever its ticket allows."""
    upload_expiry_hours: float = Field(168.0, gt=0)
    """Hours after which an upload that nobody went on with is thrown away."""
    transcode_timeout: float = Field(3600.0, gt=0)
    """Seconds that making one rendition may take."""
    worker_memory: int = Field(3 * GIB, ge=GIB // 2)
    """Bytes of address space that the process has which decodes an uploaded file."""
    metrics_token: SecretStr | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("secret", mode="before")
    @classmethod
    def _decode_secret(cls, value: Any) -> bytes:
        text = str(value).strip()
        try:
            decoded = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"must be base64url text; make one with: {_HOW_TO_MAKE_ONE}") from None
        if len(decoded) < MIN_SECRET_BYTES:
            raise ValueError(
                f"holds {len(decoded)} bytes and needs at least {MIN_SECRET_BYTES}; make one with: {_HOW_TO_MAKE_ONE}"
            )
        return decoded

    @field_validator("odoo_url")
    @classmethod
    def _check_odoo_url(cls, value: str) -> str:
        url = value.strip().rstrip("/")
        try:
            origin_of(url)
        except ValueError:
            raise ValueError("must be an http or https address, such as https://clinic.example") from None
        if urlsplit(url).query or urlsplit(url).fragment:
            raise ValueError("must be a base address without a query or a fragment")
        return url

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        origins = set()
        for entry in filter(None, (part.strip().rstrip("/") for part in value.split(","))):
            try:
                origin = origin_of(entry)
            except ValueError:
                origin = ""
            if origin != entry.lower():
                raise ValueError(f"names {entry!r}, which is not an origin such as https://clinic.example")
            origins.add(origin)
        return frozenset(origins)

    @field_validator("turn_url")
    @classmethod
    def _check_turn_url(cls, value: str) -> str:
        scheme, _, rest = value.partition(":")
        if scheme not in ("turn", "turns") or not rest.partition("?")[0].strip("/"):
            raise ValueError("must be a TURN address, such as turn:turn.clinic.example:3478?transport=udp")
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.turn_url) != bool(self.turn_secret):
            missing = "TURN_SECRET" if self.turn_url else "TURN_URL"
            raise ValueError(
                f"{PREFIX}{missing} is missing: VET_SIDECAR_TURN_URL and VET_SIDECAR_TURN_SECRET go together"
            )
        return self

    @property
    def secret_bytes(self) -> bytes:
        return self.secret.get_secret_value()

    @property
    def browser_origins(self) -> frozenset[str]:
        return self.allowed_origins or frozenset({origin_of(self.odoo_url)})

    @property
    def spool_folder(self) -> Path:
        return self.data / "spool"

    @property
    def store_address(self) -> S3Address | Path:
        return self.store or self.data / "store"

    @property
    def store_folder(self) -> Path:
        """The folder of the local store; nobody's where the store is S3."""
        return self.store if isinstance(self.store, Path) else self.data / "store"

    @property
    def database_path(self) -> Path:
        return self.data / "sidecar.sqlite3"


def origin_of(url: str) -> str:
    """The origin (RFC 6454) of a web address, as a browser sends it.

    :raises ValueError: when *url* is not an http or https address
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(url)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default_port = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in (None, default_port) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def load_store(argument: str, address: str) -> tuple[S3Options, S3Address | Path]:
    """How S3 is reached, by the environment, and the store at *address*.

    :param argument: what *address* was given as, for the sentences
    :raises ConfigurationError: as :func:`load_settings`
    """
    if not address:
        raise ConfigurationError([f"{argument} names no store."])
    try:
        settings = StoreSettings(store=address)
    except ValidationError as error:
        found = [_sentence(dict(problem)) for problem in error.errors()]
        raise ConfigurationError([text.replace(f"{PREFIX}STORE ", f"{argument} ") for text in found]) from None
    return settings.s3_options, settings.store or Path(address)


def store_in_use() -> S3Address | Path | None:
    """The store of the service that this environment is for; nothing when it is for none."""
    try:
        return Settings().store_address
    except ValidationError:
        return None


def load_settings() -> Settings:
    """Read the environment and prepare the folders.

    :raises ConfigurationError: with one sentence for each variable that is missing or wrong
    """
    try:
        settings = Settings()
    except ValidationError as error:
        raise ConfigurationError([_sentence(dict(problem)) for problem in error.errors()]) from None
    problem = _prepare("DATA", settings.data) or _prepare("DATA", settings.spool_folder)
    if not problem and isinstance(settings.store_address, Path):
        problem = _prepare("STORE", settings.store_address)
    if problem:
        raise ConfigurationError([problem])
    return settings


def _sentence(problem: dict[str, Any]) -> str:
    location = problem["loc"]
    message = str(problem["msg"]).removeprefix("Value error, ")
    if not location:
        return f"{message}."
    variable = f"{PREFIX}{str(location[0]).upper()}"
    if problem["type"] == "missing":
        return f"{variable} is required and not set."
    return f"{variable} {message[:1].lower()}{message[1:]}."


def _prepare(variable: str, folder: Path) -> str | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return f"{PREFIX}{variable} names a folder that cannot be written: {folder} ({error.strerror or error})."
    return None
