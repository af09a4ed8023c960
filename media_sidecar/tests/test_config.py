"""Settings: what is accepted, and that every problem names its variable in one sentence."""

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from harness.tickets import SECRET, SECRET_TEXT

from media_sidecar.config import ConfigurationError, Settings, load_settings, origin_of
from media_sidecar.store import S3Address
from media_sidecar.version import VERSION

Environment = dict[str, str]


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    for name in os.environ:
        if name.startswith("VET_SIDECAR_"):
            monkeypatch.delenv(name)
    values = {
        "VET_SIDECAR_SECRET": SECRET_TEXT,
        "VET_SIDECAR_ODOO_URL": "https://clinic.example",
        "VET_SIDECAR_DATA": str(tmp_path / "data"),
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


def problems(monkeypatch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    for name, value in variables.items():
        monkeypatch.setenv(f"VET_SIDECAR_{name}", value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    return caught.value.problems


def test_three_variables_are_enough(environment: Environment, tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.secret_bytes == SECRET
    assert (settings.host, settings.port) == ("127.0.0.1", 8070)
    assert settings.store_folder == tmp_path / "data" / "store"
    assert settings.spool_folder.is_dir()
    assert settings.browser_origins == {"https://clinic.example"}
    assert (settings.max_legs, settings.min_free_bytes, settings.max_loop_lag) == (60, 1024**3, 0.25)
    assert (settings.record_bitrate, settings.call_grace) == (1_500_000, 30)


@pytest.mark.parametrize("variable", ["SECRET", "ODOO_URL", "DATA"])
def test_a_required_variable_that_is_missing_is_named(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.delenv(f"VET_SIDECAR_{variable}")
    assert problems(monkeypatch) == [f"VET_SIDECAR_{variable} is required and not set."]


@pytest.mark.parametrize(
    ("variable", "value", "part"),
    [
        ("SECRET", "c2hvcnQ", "at least 32"),
        ("SECRET", "not base64url!", "base64url"),
        ("ODOO_URL", "clinic.example", "http or https"),
        ("ODOO_URL", "ftp://clinic.example", "http or https"),
        ("ODOO_URL", "https://clinic.example/?db=x", "without a query"),
        ("PORT", "eighty", "integer"),
        ("PORT", "70000", "65535"),
        ("ALLOWED_ORIGINS", "https://clinic.example/odoo", "not an origin"),
        ("ALLOWED_ORIGINS", "https://clinic.example,*", "not an origin"),
        ("MAX_LEGS", "0", "greater than or equal to 1"),
        ("MIN_FREE_BYTES", "1GB", "integer"),
        ("MAX_LOOP_LAG", "0", "greater than 0"),
        ("RECORD_BITRATE", "10", "100000"),
        ("TURN_URL", "turn.example", "TURN address"),
        ("CALL_GRACE", "-1", "greater than 0"),
        ("LOG_LEVEL", "LOUD", "'DEBUG'"),
        ("S3_ENDPOINT", "s3.clinic.example", "http or https"),
        ("S3_ENDPOINT", "https://key:secret@s3.clinic.example", "without credentials"),
        ("S3_SSE", "rot13", "'AES256'"),
        ("S3_PRESIGN", "perhaps", "boolean"),
        ("S3_PRESIGN_SECONDS", "1", "60"),
        ("S3_TIMEOUT", "0", "greater than 0"),
        ("DATA", "/proc/nowhere", "cannot be written"),
        ("STORE", "/proc/nowhere", "cannot be written"),
        ("STORE", "https://s3.clinic.example/bucket", "must be a folder or s3://"),
        ("STORE", "s3://Clinic", "small letters"),
        ("STORE", "s3:///vet", "small letters"),
        ("STORE", "s3://clinic/a//b", "prefix"),
        ("STORE", "s3://clinic/../b", "prefix"),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_its_variable(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, part: str
) -> None:
    [problem] = problems(monkeypatch, **{variable: value} | ({"TURN_SECRET": "x"} if variable == "TURN_URL" else {}))
    assert problem.startswith(f"VET_SIDECAR_{variable} ")
    assert part in problem
    assert problem.endswith(".")
    assert "\n" not in problem


S3 = {"STORE": "s3://clinic/vet/", "S3_ENDPOINT": "https://s3.clinic.example/"}


def test_a_bucket_is_known_by_its_address_and_nothing_is_asked_of_it(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in (S3 | {"S3_ACCESS_KEY": "key", "S3_SECRET_KEY": "secret", "S3_SSE": "AES256"}).items():
        monkeypatch.setenv(f"VET_SIDECAR_{name}", value)
    settings = load_settings()
    assert settings.store_address == S3Address("clinic", "vet/")
    assert str(settings.store_address) == "s3://clinic/vet"
    options = settings.s3_options
    assert (options.endpoint, options.access_key, options.secret_key) == ("https://s3.clinic.example", "key", "secret")
    assert (options.sse, options.presign, options.timeout) == ("AES256", True, 30)
    assert not (tmp_path / "data" / "store").exists()


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"S3_ACCESS_KEY": "key"}, "VET_SIDECAR_S3_SECRET_KEY is missing"),
        ({"S3_SECRET_KEY": "secret"}, "VET_SIDECAR_S3_ACCESS_KEY is missing"),
        ({"S3_KMS_KEY": "alias/clinic"}, "VET_SIDECAR_S3_KMS_KEY is used only with"),
        ({"S3_ENDPOINT": ""}, "VET_SIDECAR_S3_REGION is missing"),
    ],
)
def test_settings_of_s3_that_do_not_go_together_are_one_sentence(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, given: Environment, part: str
) -> None:
    [problem] = problems(monkeypatch, **(S3 | given))
    assert problem.startswith(part)
    assert problem.endswith(".")


def test_the_secret_of_s3_does_not_show(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VET_SIDECAR_S3_ACCESS_KEY", "key")
    monkeypatch.setenv("VET_SIDECAR_S3_SECRET_KEY", "hunter2")
    assert "hunter2" not in repr(load_settings()) + repr(load_settings().s3_options)


def test_every_problem_is_told_at_once(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    found = problems(monkeypatch, PORT="x", ODOO_URL="x", MAX_LEGS="x")
    assert len(found) == 3


@pytest.mark.parametrize(("given", "missing"), [("TURN_URL", "TURN_SECRET"), ("TURN_SECRET", "TURN_URL")])
def test_turn_takes_an_address_and_a_secret(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, given: str, missing: str
) -> None:
    [problem] = problems(monkeypatch, **{given: "turn:turn.example:3478"})
    assert problem.startswith(f"VET_SIDECAR_{missing} is missing")


def test_a_problem_never_shows_the_secret(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "hunter2" not in "".join(problems(monkeypatch, SECRET="hunter2"))


def test_the_secret_does_not_show_in_the_settings(environment: Environment) -> None:
    assert SECRET_TEXT not in repr(load_settings())
    assert str(SECRET) not in repr(load_settings())


def test_several_origins_may_be_allowed(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VET_SIDECAR_ALLOWED_ORIGINS", "https://a.example, http://b.example:8069/")
    assert load_settings().browser_origins == {"https://a.example", "http://b.example:8069"}


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://clinic.example/odoo", "https://clinic.example"),
        ("https://clinic.example:443", "https://clinic.example"),
        ("http://localhost:8069", "http://localhost:8069"),
        ("http://[::1]:8069/x", "http://[::1]:8069"),
        ("HTTPS://Clinic.Example", "https://clinic.example"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def run(environment: Environment, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VET_SIDECAR_")}
    return subprocess.run(
        [sys.executable, "-m", "media_sidecar", *arguments], env=clean | environment, capture_output=True, text=True
    )


def test_the_command_says_what_is_wrong_and_ends_with_2(environment: Environment) -> None:
    for arguments in ([], ["check-config"]):
        result = run({**environment, "VET_SIDECAR_PORT": "x"}, *arguments)
        assert result.returncode == 2
        assert result.stderr.startswith("VET_SIDECAR_PORT ")
        assert "Traceback" not in result.stderr


def test_check_config_ends_with_0_where_nothing_is_wrong(environment: Environment) -> None:
    assert run(environment, "check-config").returncode == 0


def test_check_config_says_what_is_wrong_with_the_bucket(environment: Environment) -> None:
    away = {f"VET_SIDECAR_{name}": value for name, value in S3.items()}
    away |= {"VET_SIDECAR_S3_ENDPOINT": "http://127.0.0.1:1", "VET_SIDECAR_S3_ACCESS_KEY": "key"}
    result = run({**environment, **away, "VET_SIDECAR_S3_SECRET_KEY": "hunter2"}, "check-config")
    assert result.returncode == 2
    assert "VET_SIDECAR_S3_ENDPOINT" in result.stderr
    assert "Traceback" not in result.stderr and "hunter2" not in result.stderr


def test_the_command_tells_its_version(environment: Environment) -> None:
    assert run({}, "--version").stdout.strip() == f"vet-media-sidecar {VERSION}"


def test_a_port_in_use_is_one_sentence(environment: Environment) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run({**environment, "VET_SIDECAR_PORT": str(taken.getsockname()[1])})
    assert result.returncode == 2
    assert result.stderr.startswith("VET_SIDECAR_PORT ")
    assert "in use" in result.stderr
    assert "Traceback" not in result.stderr


def test_two_services_do_not_share_a_data_folder(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with (tmp_path / "data" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = run({**environment, "VET_SIDECAR_PORT": "0"})
    assert result.returncode == 2
    assert result.stderr.startswith("VET_SIDECAR_DATA ")


def test_settings_can_be_made_without_the_environment(tmp_path: Path) -> None:
    settings = Settings(secret=SECRET_TEXT, odoo_url="http://odoo:8069/", data=tmp_path)
    assert settings.odoo_url == "http://odoo:8069"
