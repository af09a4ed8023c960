"""The embedded PostgreSQL serves whoever needs it, and ends with the last of them."""

import pytest

from dev import postgres, progress
from dev.problem import Problem


@pytest.fixture(autouse=True)
def own_server(monkeypatch, tmp_path):
    """A server of this test's own, in a folder that only its owner may enter."""
    tmp_path.chmod(0o700)
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "postgres"
    monkeypatch.setattr(postgres, "FOLDER", folder)
    monkeypatch.setattr(postgres, "DATA", folder / "data")
    monkeypatch.setattr(postgres, "LOG", folder / "postgres.log")
    monkeypatch.setattr(postgres, "_KEEP", folder / "keep")
    monkeypatch.setattr(postgres, "_USERS", folder / "users.lock")
    monkeypatch.setattr(progress, "CACHE", tmp_path)
    yield
    postgres.stop()


def test_it_runs_until_the_last_user_leaves():
    with postgres.running():
        with postgres.running():
            assert postgres.is_running()
        assert postgres.is_running()
    assert not postgres.is_running()


def test_it_stays_for_all_once_asked_to_and_keeps_its_databases():
    postgres.start()
    with postgres.running():
        postgres.client("createdb", "kept")
    assert postgres.is_running()
    postgres.stop()
    with postgres.running():
        assert postgres.client("psql", "-d", "kept", "-Atc", "SELECT current_user").stdout == "odoo\n"


def test_the_role_is_no_superuser_as_in_production():
    with postgres.running():
        query = "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        assert postgres.client("psql", "-d", "postgres", "-Atc", query).stdout == "f|t\n"


def test_a_failing_command_tells_the_servers_own_words():
    with postgres.running(), pytest.raises(Problem, match='database "absent" does not exist'):
        postgres.client("psql", "-d", "absent", "-c", "SELECT 1")


def test_the_machines_own_server_is_used_where_it_is_named(monkeypatch):
    monkeypatch.setenv("PGHOST", "database.example")
    with postgres.running() as variables:
        assert variables == {}
    assert not postgres.DATA.exists()


def test_its_programs_may_be_where_only_root_may_enter(monkeypatch, tmp_path):
    program = tmp_path / "bin" / "probe"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nexec env test -x "$0"\n')
    program.chmod(0o755)
    monkeypatch.setattr(postgres, "binaries", lambda: program.parent)
    postgres.run_as_owner("probe")


def test_a_long_path_gets_a_socket_with_a_short_one(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres, "FOLDER", tmp_path / ("long" * 30))
    assert len(str(postgres.socket_folder())) < 60
