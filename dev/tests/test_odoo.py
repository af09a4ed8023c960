"""Odoo's tree as the package gives it, made whole."""

from pathlib import Path

import pytest

from dev import odoo


@pytest.mark.parametrize("addons", ["odoo/addons", "addons"])
def test_a_script_stands_in_for_the_one_that_the_package_lacks(tmp_path: Path, addons: str) -> None:
    """An empty file would still count as absent, and fail every browser test."""
    odoo.stand_in_for_absent_asset(tmp_path)
    asset = tmp_path / addons / "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    assert asset.read_text().startswith("//")


def test_a_script_that_is_there_is_left_alone(tmp_path: Path) -> None:
    """A later package may bring it."""
    asset = tmp_path / "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    asset.parent.mkdir(parents=True)
    asset.write_text("real();")
    odoo.stand_in_for_absent_asset(tmp_path)
    assert asset.read_text() == "real();"
