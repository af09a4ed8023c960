"""The locks name exact versions with digests, and no place that they come from."""

import json
import re

import pytest

from dev.lock import SOURCES
from dev.paths import REQUIREMENTS, ROOT


@pytest.mark.parametrize("name", SOURCES)
def test_every_python_package_is_exact_and_has_digests(name):
    text = (REQUIREMENTS / f"{name}.txt").read_text().replace("\\\n", " ")
    requirements = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert requirements
    loose = [line for line in requirements if not re.match(r"\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)]
    assert loose == []


@pytest.mark.parametrize("name", SOURCES)
def test_no_address_of_a_registry_is_in_a_python_lock(name):
    assert "://" not in (REQUIREMENTS / f"{name}.txt").read_text()


def test_every_javascript_package_has_a_digest_and_no_address():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    locked = {name: package for name, package in packages.items() if name}
    assert locked
    assert [name for name, package in locked.items() if "resolved" in package or "integrity" not in package] == []
