from lxml import etree

from odoo.fields import Domain
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval


@tagged("post_install", "-at_install")
class TestViews(TransactionCase):
    """Every menu opens for those who see it, with views and filters that work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vet = new_test_user(cls.env, "views_vet", "vet_teleconsult.group_veterinarian")
        cls.manager = new_test_user(cls.env, "views_manager", "vet_teleconsult.group_manager")
        cls.administrator = new_test_user(
            cls.env, "views_administrator", "vet_teleconsult.group_manager,base.group_system"
        )

    def _menus(self, user):
        """Return the menus of the application that a user sees."""
        menus = self.env["ir.ui.menu"].search([("id", "child_of", self.env.ref("vet_teleconsult.menu_root").id)])
        return menus.with_user(user)._filter_visible_menus().with_env(self.env)

    def _actions(self, user):
        """Return the actions that open views; the others open components, which have tests of their own."""
        actions = [menu.action for menu in self._menus(user) if menu.action]
        return [action for action in actions if action._name == "ir.actions.act_window"]

    def _search_view(self, action, user):
        model = self.env[action.res_model].with_user(user)
        return etree.fromstring(model.get_view(action.search_view_id.id, "search")["arch"])

    def test_every_action_opens_and_reads_for_everyone_who_sees_its_menu(self):
        for user in (self.vet, self.manager, self.administrator):
            for action in self._actions(user):
                model = self.env[action.res_model].with_user(user)
                views = model.get_views([*action.views, (False, "search")])["views"]
                for view_type, view in views.items():
                    with self.subTest(user=user.login, action=action.name, view=view_type):
                        names = {
                            node.get("name")
                            for node in etree.fromstring(view["arch"]).iter("field")
                            if not any(parent.tag == "field" for parent in node.iterancestors())
                        }
                        if view_type != "search" and action.res_model != "res.config.settings":
                            model.search([], limit=5).read(sorted(names))
                        self.assertLessEqual(names, set(model._fields))

    def test_every_filter_finds_without_error(self):
        for action in self._actions(self.administrator):
            model = self.env[action.res_model].with_user(self.administrator)
            for node in self._search_view(action, self.administrator).iter("filter"):
                with self.subTest(action=action.name, filter=node.get("name")):
                    if node.get("domain"):
                        model.search(Domain(safe_eval(node.get("domain"), {"uid": self.administrator.id})))
                    if "group_by" in (node.get("context") or ""):
                        group_by = safe_eval(node.get("context"))["group_by"]
                        model.formatted_read_group([], [group_by], ["__count"])

    def test_configuration_is_for_managers(self):
        configuration = self.env.ref("vet_teleconsult.menu_configuration")
        self.assertNotIn(configuration, self._menus(self.vet))
        self.assertIn(configuration, self._menus(self.manager))

    def test_access_log_and_consents_are_for_managers(self):
        for xmlid in ("menu_media_access", "menu_consent", "menu_call", "menu_media"):
            menu = self.env.ref(f"vet_teleconsult.{xmlid}")
            self.assertNotIn(menu, self._menus(self.vet), xmlid)
            self.assertIn(menu, self._menus(self.manager), xmlid)

    def test_the_queue_shows_its_five_columns_even_when_empty(self):
        columns = (
            self.env["vet.consultation"]
            .with_user(self.vet)
            .with_context(read_group_expand=True)
            .web_read_group([("id", "=", 0)], ["queue_state"])["groups"]
        )
        self.assertEqual(
            [column["queue_state"] for column in columns],
            ["available", "claimed", "waiting", "in_progress", "done"],
        )

    def test_the_queue_is_the_self_refreshing_kanban(self):
        arch = self.env.ref("vet_teleconsult.vet_consultation_view_kanban").arch
        self.assertEqual(etree.fromstring(arch).get("js_class"), "vet_teleconsult_queue_kanban")

    def test_the_consultation_form_offers_what_its_methods_do(self):
        model = self.env["vet.consultation"].with_user(self.vet)
        arch = etree.fromstring(model.get_view(view_type="form")["arch"])
        # What stands in its lists belongs to other models.
        own = [
            button
            for button in arch.iter("button")
            if not any(parent.tag == "list" for parent in button.iterancestors())
        ]
        names = {button.get("name") for button in own if button.get("type") == "object"}
        for name in names:
            self.assertTrue(callable(getattr(model, name, None)), name)
        self.assertLessEqual({"action_start", "action_open_room", "action_open_event", "action_view_chat"}, names)

    def test_the_chat_form_offers_what_its_methods_do(self):
        model = self.env["vet.chat"].with_user(self.vet)
        arch = etree.fromstring(model.get_view(view_type="form")["arch"])
        # What stands in its lists belongs to other models.
        own = [
            button
            for button in arch.iter("button")
            if not any(parent.tag == "list" for parent in button.iterancestors())
        ]
        names = {button.get("name") for button in own if button.get("type") == "object"}
        for name in names:
            self.assertTrue(callable(getattr(model, name, None)), name)
        self.assertLessEqual({"action_open", "action_claim", "action_send_link", "action_end", "action_reopen"}, names)

    def test_the_menu_of_chats_opens_the_inbox_and_the_list_stands_below_consultations(self):
        self.assertEqual(self.env.ref("vet_teleconsult.menu_chat_inbox").action.tag, "vet_teleconsult.chats")
        self.assertEqual(self.env.ref("vet_teleconsult.menu_chat").action.res_model, "vet.chat")

    def test_secrets_are_not_shown_in_clear_text(self):
        arch = etree.fromstring(self.env["res.config.settings"].get_view(view_type="form")["arch"])
        for name in ("vet_sidecar_secret", "vet_turn_secret"):
            (field,) = arch.findall(f".//field[@name='{name}']")
            self.assertEqual(field.get("password"), "True", name)
