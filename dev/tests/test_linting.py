"""What ``make lint`` looks at, and with which tools."""

import tomllib

from dev import linting
from dev.paths import ADDON, ROOT, SIDECAR


def _commands():
    return {linter.name: [str(part) for part in linter.check] for linter in linting.linters()}


def test_every_language_has_its_linters():
    assert set(_commands()) == {
        "ruff check",
        "ruff format",
        "prettier",
        "eslint",
        "mypy (media service)",
        "mypy",
        "pylint-odoo",
    }


def test_every_linter_is_a_locked_one_of_this_checkout():
    programs = {name: command[0] for name, command in _commands().items()}
    assert [name for name, program in programs.items() if not program.startswith(str(ROOT))] == []


def test_the_media_service_is_typed_strictly():
    settings = tomllib.loads((SIDECAR / "pyproject.toml").read_text())["tool"]["mypy"]
    assert settings["strict"] is True
    assert next(each for each in linting.linters() if each.name == "mypy (media service)").folder == SIDECAR


def test_the_addon_is_read_by_odoos_own_rules():
    assert ADDON.name in _commands()["pylint-odoo"]
    assert "pylint_odoo" in (ROOT / ".pylintrc").read_text()


def test_a_complaint_is_a_failure_and_none_is_success(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text("import os\n")
    [ruff] = [each for each in linting.linters([str(bad)]) if each.name == "ruff check"]
    assert not linting._run(ruff.name, ruff.check, ruff.folder)
    bad.write_text("")
    assert linting._run(ruff.name, ruff.check, ruff.folder)
