"""Odoo, the media service and the tools live apart, as in production."""

import subprocess

import pytest

from dev import environments
from dev.paths import ADDON


def _imports(environment, module, folder):
    command = [str(environments.python(environment)), "-c", f"import {module}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or f"No module named '{module}'" in done.stderr
    return done.returncode == 0


@pytest.mark.parametrize(
    ("environment", "own", "other"), [("odoo", "odoo", "media_sidecar.app"), ("sidecar", "media_sidecar.app", "odoo")]
)
def test_odoo_and_the_media_service_do_not_share_an_environment(environment, own, other, tmp_path):
    assert _imports(environment, own, tmp_path)
    assert not _imports(environment, other.partition(".")[0], tmp_path)


def test_the_addon_names_no_module_of_the_media_service():
    assert [path for path in ADDON.rglob("*.py") if "import media_sidecar" in path.read_text()] == []
