from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .chat_common import ChatCommon

# A picture of one pixel.
SIGNATURE = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class QuoteCommon(ChatCommon):
    """A clinic that offers a dental cleaning, and Rex's consultation to offer it in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create(
            {"name": "Dental Cleaning", "type": "service", "list_price": 120.0, "taxes_id": [Command.clear()]}
        )
        cls.consultation.vet_id = cls.vet

    @classmethod
    def _make_quote(cls, record=None, user=None, lines=1, **values):
        """Make a quote as somebody does in the form that the button opens."""
        record = (record or cls.chat).with_user(user or cls.vet)
        action = record.action_new_quote()
        context = {name: value for name, value in action["context"].items() if value}
        form = Form(record.env["sale.order"].with_context(**context))
        for _number in range(lines):
            with form.order_line.new() as line:
                line.product_id = cls.product
        order = form.save()
        order.write(values)
        return order.with_context(**dict.fromkeys(context, False)).browse(order.id)

    def _send(self, order):
        order.action_send_in_vet_chat()
        self.env.flush_all()
        return order

    def _get_card(self, participant=None, chat=None):
        """Give the only card of a chat as somebody sees it."""
        chat = chat or self.chat
        self.env.flush_all()
        self.env.invalidate_all()
        messages = chat._get_messages()
        (card,) = [
            message["document"]
            for message in chat._format_messages(messages, participant or self.as_vet)
            if message["document"]
        ]
        return card


@tagged("post_install", "-at_install")
class TestQuote(QuoteCommon):
    """Quotes from a chat or a consultation: filled in, shown, and as they stand."""

    # --- making

    def test_quote_from_a_chat_knows_owner_patient_and_clinic(self):
        order = self._make_quote()
        self.assertEqual(
            (order.partner_id, order.vet_chat_id, order.vet_patient_id, order.company_id, order.user_id),
            (self.owner.partner_id, self.chat, self.patient, self.company, self.vet),
        )
        self.assertFalse(order.vet_consultation_id)

    def test_quote_from_a_consultation_stands_in_its_chat(self):
        order = self._make_quote(self.consultation)
        self.assertEqual((order.vet_consultation_id, order.vet_chat_id), (self.consultation, self.consultation.chat_id))
        self.assertEqual(order.vet_patient_id, self.patient)

    def test_quote_from_the_chat_of_an_open_consultation_belongs_to_it(self):
        order = self._make_quote(self.consultation.chat_id)
        self.assertEqual(order.vet_consultation_id, self.consultation)

    def test_quote_has_the_owners_price_list(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Breeders",
                "company_id": self.company.id,
                "item_ids": [Command.create({"compute_price": "fixed", "fixed_price": 90.0})],
            }
        )
        self.owner.partner_id.with_company(self.company).specific_property_product_pricelist = pricelist
        self.env["res.config.settings"].create({"group_product_pricelist": True}).execute()
        self.assertEqual(self._make_quote().amount_total, 90.0)

    def test_quote_that_was_begun_in_a_chat_is_gone_on_with(self):
        order = self._make_quote()
        self.assertEqual(self.chat.with_user(self.vet).action_continue_quote()["res_id"], order.id)
        self.assertNotIn("res_id", self.chat.with_user(self.second_vet).action_continue_quote())
        self._send(order)
        self.assertNotIn("res_id", self.chat.with_user(self.vet).action_continue_quote())

    def test_form_and_chat_count_their_quotes_and_lead_to_them(self):
        self.assertEqual((self.chat.quote_count, self.consultation.quote_count), (0, 0))
        order = self._make_quote(self.consultation)
        self.env.invalidate_all()
        self.assertEqual((self.consultation.quote_count, self.consultation.chat_id.quote_count), (1, 1))
        action = self.consultation.with_user(self.vet).action_view_quotes()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", order.id))
        self._make_quote(self.consultation)
        action = self.consultation.with_user(self.vet).action_view_quotes()
        self.assertEqual(len(self.env["sale.order"].search(action["domain"])), 2)

    def test_quote_of_a_chat_is_made_out_to_its_owner_only(self):
        order = self._make_quote()
        with self.assertRaisesRegex(ValidationError, "Anna Keller"):
            order.partner_id = self.other_owner.partner_id

    def test_quote_and_chat_are_of_one_company(self):
        foreign = self._create_patient("Foreign", self.owner.partner_id, company=self.other_company)
        with self.assertRaises(UserError):
            self._make_quote().sudo().vet_chat_id = self._create_chat(foreign, type_id=False)

    # --- who

    def test_colleague_sees_and_changes_the_quote_of_a_chat(self):
        order = self._make_quote().with_user(self.second_vet)
        self.assertEqual(order.name, order.sudo().name)
        order.order_line.product_uom_qty = 2
        self.assertEqual(order.amount_total, 240.0)

    def test_vet_of_another_clinic_and_the_reception_see_nothing_of_it(self):
        order = self._make_quote()
        for user in (self.foreign_vet, self.receptionist, self.other_owner):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                order.with_user(user).read(["name"])

    def test_vet_of_another_clinic_makes_none_in_this_chat(self):
        with self.assertRaises(AccessError):
            self.chat.with_user(self.foreign_vet).action_new_quote()

    def test_colleagues_other_orders_stay_their_own(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.owner.partner_id.id, "company_id": self.company.id, "user_id": self.vet.id}
        )
        with self.assertRaises(AccessError):
            order.with_user(self.second_vet).read(["name"])

    # --- sending

    def test_draft_is_not_in_the_thread(self):
        self._make_quote()
        self.assertFalse(self.chat._get_messages())

    def test_sent_quote_stands_in_the_thread_in_the_vets_name(self):
        order = self._send(self._make_quote())
        (message,) = self.chat._format_messages(self.chat._get_messages(), self.as_vet)
        self.assertEqual((message["author"], message["role"], message["mine"]), ("Dr. Meier", "vet", True))
        self.assertEqual((message["document"]["kind"], message["document"]["id"]), ("quote", order.id))

    def test_quote_sent_by_odoos_own_mail_stands_in_the_thread_too(self):
        order = self._make_quote()
        action = order.action_quotation_send()
        composer = self.env["mail.compose.message"].with_user(self.vet).with_context(**action["context"])
        Form(composer).save()._action_send_mail()
        self.assertEqual(order.state, "sent")
        self.assertEqual(self._get_card()["id"], order.id)

    def test_quote_sent_again_stands_in_the_thread_once(self):
        order = self._send(self._make_quote())
        order._action_cancel()
        order.action_draft()
        self._send(order)
        self.assertEqual(len(self.chat._get_messages()), 1)

    def test_empty_quote_is_not_sent(self):
        with self.assertRaisesRegex(UserError, "Enter what the quote offers"):
            self._make_quote(lines=0).action_send_in_vet_chat()

    def test_order_of_no_chat_cannot_be_sent_in_one(self):
        order = self.env["sale.order"].create({"partner_id": self.owner.partner_id.id})
        with self.assertRaisesRegex(UserError, "belongs to no chat"):
            order.action_send_in_vet_chat()

    def test_order_of_no_chat_is_sent_as_ever(self):
        order = self.env["sale.order"].create({"partner_id": self.owner.partner_id.id})
        order.action_quotation_sent()
        self.assertEqual(order.state, "sent")
        self.assertFalse(self.chat._get_messages())

    def test_owner_who_is_away_is_mailed_the_name_of_the_quote(self):
        order = self._send(self._make_quote())
        mail = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.owner.partner_id.ids)], order="id desc", limit=1
        )
        self.assertIn(f"Quote {order.name}", mail.body_html)

    # --- what the card says

    def test_card_names_offer_amount_and_last_day(self):
        order = self._make_quote(validity_date=fields.Date.today() + timedelta(days=5))
        self._send(order)
        card = self._get_card()
        self.assertEqual(card["title"], f"Quote {order.name}")
        self.assertIn("Dental Cleaning", card["subtitle"])
        self.assertIn("valid until", card["subtitle"])
        self.assertIn("120.00", card["amount"])
        self.assertFalse(card["is_void"])

    def test_card_of_many_lines_names_the_first_of_them(self):
        self._send(self._make_quote(lines=4))
        self.assertIn("Dental Cleaning, Dental Cleaning and 2 more", self._get_card()["subtitle"])

    def test_vets_link_leads_into_odoo_and_carries_no_token(self):
        order = self._send(self._make_quote())
        card = self._get_card()
        self.assertEqual(card["url"], f"/odoo/sale.order/{order.id}")
        self.assertNotIn("access_token", str(card))

    def test_owners_link_carries_the_orders_own_token_and_no_other(self):
        order = self._send(self._make_quote())
        card = self._get_card(self.as_owner)
        self.assertEqual(card["url"], f"/my/orders/{order.id}?access_token={order.access_token}")
        for secret in (self.chat.link_token, self.chat.access_token, self.consultation.room_token):
            self.assertFalse(secret and secret in str(card))
        self.assertEqual(card["url_label"], "Review and sign")

    def test_owners_link_opens_odoos_own_page_of_the_quote(self):
        order = self._send(self._make_quote())
        self.authenticate(None, None)
        answer = self.url_open(self._get_card(self.as_owner)["url"])
        self.assertIn(order.name, answer.text)
        self.assertNotIn(self.chat.link_token, answer.text)
        self.assertNotIn(order.name, self.url_open(f"/my/orders/{order.id}").text)

    def test_new_owner_of_the_chat_sees_no_way_to_the_former_ones_quote(self):
        self._send(self._make_quote())
        self.patient.owner_ids |= self.other_owner.partner_id
        self.chat.partner_id = self.other_owner.partner_id
        card = self._get_card(self.chat._get_owner_participant())
        self.assertEqual((card["url"], card["pdf_url"], card["amount"]), (None, None, None))

    def test_card_speaks_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.owner.partner_id.lang = "de_DE"
        order = self._send(self._make_quote())
        in_german = self.chat._localize(self.as_owner)
        self.assertEqual(in_german.env.context["lang"], "de_DE")
        self.assertIn("120,00", order.with_context(**in_german.env.context)._get_chat_document("owner")["amount"])

    # --- how it stands

    def test_card_follows_the_quote_from_draft_to_signed(self):
        order = self._send(self._make_quote())
        self.assertEqual(self._get_card()["state"], "sent")
        self.assertEqual(self._get_card(self.as_owner)["state_label"], "Waits for your signature")
        order.action_draft()
        self.assertEqual(self._get_card()["state"], "draft")
        order.action_quotation_sent()
        order.sudo().write({"signature": SIGNATURE, "signed_by": "Anna", "signed_on": fields.Datetime.now()})
        self.assertEqual(self._get_card()["state"], "signed")
        order.sudo()._validate_order()
        self.assertEqual((self._get_card()["state"], self._get_card()["state_label"]), ("signed", "Signed"))

    def test_owner_sees_nothing_of_a_quote_that_is_being_revised(self):
        order = self._send(self._make_quote())
        order.action_draft()
        card = self._get_card(self.as_owner)
        self.assertEqual((card["state"], card["state_label"]), ("draft", "Being prepared"))
        self.assertEqual((card["subtitle"], card["amount"], card["url"], card["pdf_url"]), (None, None, None, None))

    def test_signed_quote_that_is_yet_to_be_paid_says_so(self):
        order = self._make_quote(require_payment=True, prepayment_percent=1.0)
        self._send(order)
        order.sudo().write({"signature": SIGNATURE, "signed_on": fields.Datetime.now()})
        card = self._get_card(self.as_owner)
        self.assertEqual((card["state"], card["state_label"]), ("signed", "Signed, payment is open"))
        self.assertEqual(card["url_label"], "Review and pay")

    def test_card_of_a_cancelled_quote_is_void(self):
        order = self._send(self._make_quote())
        order._action_cancel()
        card = self._get_card()
        self.assertEqual((card["state"], card["is_void"]), ("cancelled", True))

    def test_card_of_a_quote_confirmed_by_the_clinic(self):
        order = self._make_quote()
        order.action_confirm()
        self.assertEqual(self._get_card()["state"], "confirmed")

    def test_quote_expires_when_its_last_day_is_over(self):
        order = self._make_quote(validity_date=date(2026, 5, 4))
        self._send(order)
        for day, state in ((date(2026, 5, 4), "sent"), (date(2026, 5, 5), "expired")):
            with self.subTest(day=day), freeze_time(day):
                self.assertEqual(self._get_card()["state"], state)

    def test_card_of_a_deleted_quote_says_that_it_is_gone(self):
        order = self._send(self._make_quote())
        order._action_cancel()
        order.sudo().unlink()
        card = self._get_card()
        self.assertEqual((card["kind"], card["state"], card["url"]), ("missing", "deleted", None))

    # --- money

    def _pay(self, order, amount=None):
        provider = self.env["payment.provider"].create({"name": "Test", "company_id": self.company.id, "code": "none"})
        method = self.env["payment.method"].create(
            {"name": "Test", "code": "test_vet", "provider_ids": [Command.set(provider.ids)]}
        )
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": order.name,
                "amount": amount or order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )

    def test_quote_paid_online_is_paid(self):
        order = self._send(self._make_quote())
        self._pay(order)._set_done()
        self.assertEqual(self._get_card()["state"], "paid")

    def test_quote_paid_in_part_is_not_paid(self):
        order = self._send(self._make_quote())
        self._pay(order, 50.0)._set_done()
        self.assertEqual(self._get_card()["state"], "sent")

    def test_quote_is_paid_when_its_invoice_is(self):
        self.env["account.chart.template"].try_loading("generic_coa", company=self.company, install_demo=False)
        order = self._send(self._make_quote()).sudo()
        order.action_confirm()
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(self._get_card()["state"], "confirmed")
        self._start_listening()
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {}
        )._create_payments()
        self.env.flush_all()
        payload = self._hear_document(f"vet_chat_{self.chat.id}", self.vet)[-1]
        self.assertEqual(payload["document"]["state"], "paid")

    # --- live

    def _hear_document(self, channel, user=None):
        self.authenticate(user and user.login, user and user.login)
        self.env.cr.precommit.run()
        answer = self.make_jsonrpc_request(
            "/websocket/peek_notifications", {"channels": [channel], "last": self.last, "is_first_poll": True}
        )
        messages = [notification["message"] for notification in answer["notifications"]]
        return [message["payload"] for message in messages if message["type"] == "vet_teleconsult/document"]

    def _start_listening(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.last = self.env["bus.bus"]._bus_last_id()

    def test_both_sides_hear_at_once_what_becomes_of_the_quote(self):
        order = self._send(self._make_quote())
        self._start_listening()
        order._action_cancel()
        message = self.chat._get_messages()
        for channel, user, url in (
            (f"vet_chat_{self.chat.id}", self.vet, f"/odoo/sale.order/{order.id}"),
            (f"vet_chat_{self.chat.id}_{self.chat.link_token}", None, order.get_portal_url()),
        ):
            with self.subTest(user=user and user.login):
                (payload,) = self._hear_document(channel, user)
                self.assertEqual((payload["chat_id"], payload["message_id"]), (self.chat.id, message.id))
                self.assertEqual((payload["document"]["state"], payload["document"]["url"]), ("cancelled", url))

    def test_payment_is_heard_at_once(self):
        order = self._send(self._make_quote())
        transaction = self._pay(order)
        self._start_listening()
        transaction._set_done()
        payload = self._hear_document(f"vet_chat_{self.chat.id}", self.vet)[-1]
        self.assertEqual(payload["document"]["state"], "paid")

    def test_changed_amount_is_heard_at_once(self):
        order = self._send(self._make_quote())
        self._start_listening()
        order.order_line.product_uom_qty = 2
        self.env.flush_all()
        payload = self._hear_document(f"vet_chat_{self.chat.id}", self.vet)[-1]
        self.assertIn("240.00", payload["document"]["amount"])

    def test_end_of_validity_is_heard_when_the_day_is_over(self):
        order = self._make_quote(validity_date=date(2026, 5, 4))
        self._send(order)
        self._start_listening()
        with freeze_time("2026-05-05 00:01:00"):
            self.env["sale.order"]._cron_notify_expired_in_chats()
            (payload,) = self._hear_document(f"vet_chat_{self.chat.id}", self.vet)
        self.assertEqual(payload["document"]["state"], "expired")

    def test_nobody_hears_of_orders_of_no_chat(self):
        order = self.env["sale.order"].create({"partner_id": self.owner.partner_id.id})
        self._start_listening()
        order.action_quotation_sent()
        self.assertFalse(self._hear_document(f"vet_chat_{self.chat.id}", self.vet))
