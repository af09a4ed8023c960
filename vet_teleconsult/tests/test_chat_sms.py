from .chat_common import ChatCommon

MOBILE = "+49 151 23456789"


class TestChatSms(ChatCommon):
    """The SMS that tells an owner of news."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.vet_chat_sms = True
        cls.owner.partner_id.phone = MOBILE

    def setUp(self):
        super().setUp()
        self.last_sms = self.env["sms.sms"].search([], order="id desc", limit=1).id or 0

    @property
    def sms(self):
        return self.env["sms.sms"].search([("id", ">", self.last_sms)])

    def test_owner_who_is_away_gets_one_sms_with_the_link(self):
        self._write(self.as_vet, "First")
        self._write(self.as_vet, "Second")
        self.assertEqual(len(self.sms), 1)
        self.assertEqual((self.sms.number, self.sms.state), ("+4915123456789", "outgoing"))
        self.assertEqual(
            self.sms.body,
            f"Linden Clinic: news in the chat about Rex. Read and answer: {self.chat.link_url}",
        )

    def test_queue_of_sms_is_woken(self):
        self._write(self.as_vet)
        queue = self.env.ref("sms.ir_cron_sms_scheduler_action")
        self.assertTrue(self.env["ir.cron.trigger"].search_count([("cron_id", "=", queue.id)]))

    def test_sms_stands_beside_the_message_that_it_tells_of(self):
        message = self._write(self.as_vet)
        notification = self.env["mail.notification"].search(
            [("mail_message_id", "=", message["id"]), ("notification_type", "=", "sms")]
        )
        self.assertEqual(notification.sms_number, "+4915123456789")

    def test_owner_who_looks_gets_no_sms(self):
        self.chat._mark_looking(self.as_owner, True)
        self._write(self.as_vet)
        self.assertFalse(self.sms)

    def test_clinic_that_sends_none_sends_none(self):
        self.company.vet_chat_sms = False
        self._write(self.as_vet)
        self.assertFalse(self.sms)

    def test_telephone_that_is_no_mobile_gets_none(self):
        for number in ("+49 30 5550142", "12", "call me", False):
            with self.subTest(number=number):
                self.owner.partner_id.phone = number
                self._write(self.as_vet, f"To {number}")
                self.assertFalse(self.sms)

    def test_owner_without_mail_address_gets_the_sms_all_the_same(self):
        self.owner.partner_id.email = False
        self._write(self.as_vet)
        self.assertEqual(len(self.sms), 1)

    def test_vet_gets_no_sms(self):
        self.vet.partner_id.phone = MOBILE
        self._write(self.as_owner)
        self.assertFalse(self.sms)

    def test_text_is_the_clinics_own(self):
        template = self.env.ref("vet_teleconsult.sms_template_chat_message")
        template.body = "{{ object.patient_id.name }} misses you"
        self._write(self.as_vet)
        self.assertEqual(self.sms.body, "Rex misses you")

    def test_clinic_without_the_template_sends_none_and_takes_the_message(self):
        self.env.ref("vet_teleconsult.sms_template_chat_message").unlink()
        self.assertTrue(self._write(self.as_vet)["id"])
        self.assertFalse(self.sms)
