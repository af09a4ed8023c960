from odoo.tests import Form, tagged

from .common import TeleconsultCommon


@tagged("post_install", "-at_install")
class TestChatNew(TeleconsultCommon):
    """A vet begins a chat from the inbox."""

    def test_the_patient_brings_the_owner_along(self):
        form = Form(
            self.env["vet.chat"].with_user(self.vet).with_context(default_vet_id=self.vet.id),
            view="vet_teleconsult.vet_chat_view_form_new",
        )
        form.patient_id = self.patient
        self.assertEqual(form.partner_id, self.patient.partner_id)
        form.subject = "Follow-up"
        chat = form.save()
        self.assertEqual(chat.vet_id, self.vet)
        self.assertEqual(chat.subject, "Follow-up")
