import posixpath
import re

from odoo.tests import TransactionCase
from odoo.tools import file_open

IMPORT = re.compile(r"""^(?:import|export)\b[^;]*?\bfrom\s+"([^"]+)";""", re.MULTILINE)

# What each page without the web client begins with, and what it fetches later, in any order.
PAGES = {
    "vet_teleconsult.assets_room": ("vet_teleconsult.assets_chat_thread",),
    "vet_teleconsult.assets_chat": (),
    "vet_teleconsult.assets_booking_files": (),
}
PARTS = ("vet_teleconsult.assets_clip_viewer", "vet_teleconsult.assets_live_recorder")
# Not a file: Owl's own module.
BUILT_IN = {"@odoo/owl"}


class TestPageBundles(TransactionCase):
    """The pages without the web client bring everything along that they import."""

    def _list_files(self, *bundles):
        paths = [path for bundle in bundles for path, *_rest in self.env["ir.asset"]._get_asset_paths(bundle, {})]
        return {path.lstrip("/") for path in paths if path.endswith(".js")}

    def _find_missing(self, *bundles):
        """Say which imports of the bundles' files are in none of them."""
        files = self._list_files(*bundles)
        missing = set()
        for path in files:
            if "/static/lib/" in path:
                continue
            with file_open(path) as file:
                for name in IMPORT.findall(file.read()):
                    if name not in BUILT_IN and self._resolve(path, name) not in files:
                        missing.add(f"{path}: {name}")
        return sorted(missing)

    def _resolve(self, path, name):
        if name.startswith("."):
            return posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) + ".js"
        module, _separator, rest = name.removeprefix("@").partition("/")
        return f"{module}/static/src/{rest}.js"

    def test_a_page_finds_all_that_it_imports_at_first(self):
        for page in PAGES:
            with self.subTest(page=page):
                self.assertEqual(self._find_missing(page), [])

    def test_what_a_page_fetches_later_finds_the_rest_there(self):
        for page, parts in PAGES.items():
            for part in (*parts, *PARTS):
                with self.subTest(page=page, part=part):
                    bundles = (page, part) if part in parts else (page, *parts, part)
                    self.assertEqual(self._find_missing(*bundles), [])

    def test_no_page_brings_the_web_client_along(self):
        for page, parts in PAGES.items():
            with self.subTest(page=page):
                files = self._list_files(page, *parts, *PARTS)
                self.assertFalse([path for path in files if "/webclient/" in path or "/backend/" in path])
