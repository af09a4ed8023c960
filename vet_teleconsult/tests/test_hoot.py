from odoo.tests import tagged

# The module, not the class: a class imported by name would be collected as tests of ours.
from odoo.addons.web.tests import test_js


@tagged("post_install", "-at_install")
class TestHoot(test_js.HOOTCommon):
    """The unit tests of the addon's JavaScript (`static/tests`), in a browser."""

    # pytest-odoo runs no test parameters.
    _test_params = []

    def _run_suite(self, preset):
        suite = self._generate_hash("@vet_teleconsult")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset={preset}&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=1800,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )

    def test_components_and_media_modules_behave_on_a_desktop(self):
        self._run_suite("desktop")
