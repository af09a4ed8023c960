from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import TeleconsultCommon


@tagged("post_install", "-at_install")
class TestQueue(TeleconsultCommon):
    """What stands in the queue, and what its cards offer."""

    def _filter(self, name):
        """Find what a filter of the consultations' search finds for a vet."""
        model = self.env["vet.consultation"].with_user(self.vet)
        arch = etree.fromstring(model.get_view(view_type="search")["arch"])
        (found,) = arch.findall(f".//filter[@name='{name}']")
        return model.search(safe_eval(found.get("domain")))

    def test_the_queue_holds_what_is_due_from_today_to_tomorrow_and_the_rest_is_overdue_or_to_come(self):
        now = fields.Datetime.now()
        stale, due, later = (
            self._create_consultation(scheduled_at=now + timedelta(hours=hours)) for hours in (-72, 1, 72)
        )
        self.assertEqual(self._filter("queue") & (stale | due | later), due)
        self.assertEqual(self._filter("overdue") & (stale | due | later), stale)

    def test_the_queue_holds_who_is_here_whenever_the_appointment_is(self):
        here = self._create_consultation(
            scheduled_at=fields.Datetime.now() + timedelta(days=9), state="waiting", owner_present=True
        )
        self.assertIn(here, self._filter("queue"))

    def test_red_flags_can_be_filtered_by_and_stand_on_the_card(self):
        flagged, other = self._create_consultation(), self._create_consultation()
        self.env["vet.booking"].create(
            {
                "company_id": self.company.id,
                "state": "requested",
                "consultation_id": flagged.id,
                "has_red_flag": True,
                "answers": [{"question": "It cannot get up", "yes": True}],
            }
        )
        self.assertEqual(self._filter("red_flag") & (flagged | other), flagged)
        self.assertEqual(flagged.with_user(self.vet).red_flags, "It cannot get up")
        arch = etree.fromstring(flagged.with_user(self.vet).get_view(view_type="kanban")["arch"])
        self.assertTrue(arch.xpath("//*[@data-test='queue-red-flag']"))

    def test_the_card_asks_before_a_no_show_and_leaves_colleagues_consultations_alone(self):
        arch = etree.fromstring(self.env["vet.consultation"].with_user(self.vet).get_view(view_type="kanban")["arch"])
        items = {item.get("name"): item for item in arch.xpath("//t[@t-name='menu']//a[@type='object']")}
        self.assertTrue(items["action_no_show"].get("confirm"))
        for name in ("action_no_show", "action_hand_over", "action_cancel", "action_reopen"):
            self.assertIn("may_act", items[name].get("t-if"), name)
        theirs = self._create_consultation(vet_id=self.second_vet.id)
        self.assertFalse(theirs.with_user(self.vet).may_act)
        self.assertTrue(theirs.with_user(self.manager).may_act)

    def test_the_form_of_a_call_by_phone_has_the_number_and_no_way_into_a_room(self):
        arch = etree.fromstring(self.env["vet.consultation"].with_user(self.vet).get_view(view_type="form")["arch"])
        self.assertTrue(arch.xpath("//field[@name='partner_phone'][@widget='phone']"))
        (room,) = arch.xpath("//header//button[@name='action_open_room']")
        self.assertIn("mode == 'phone'", room.get("invisible"))
