from markupsafe import Markup

from odoo import models
from odoo.fields import Command


class VetTranscript(models.Model):
    """The transcript's PDF: printed, numbered, kept on the record and the patient, mailed."""

    _name = "vet.transcript"
    _inherit = ["vet.transcript", "vet.printed"]

    # === BUSINESS METHODS === #

    def _make_pdf(self):
        """Print the transcript and put it where it belongs.

        Note: self.ensure_one()

        :raises UserError: when it cannot be printed
        """
        self.ensure_one()
        missing = set()
        content = self._localize()._render_pdf(missing)
        self.attachment_id = self.env["ir.attachment"].create(
            {
                "name": self._get_filename(),
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self.write({"state": "ready", "problem": self._describe_missing(missing)})
        self._attach_to_patient(content)
        if self.mail_to_owner:
            self._mail_to_owner()

    def _get_report(self):
        return "vet_teleconsult.action_report_transcript"

    def _get_printer_problem(self):
        return self.env._("wkhtmltopdf is not installed on the server. Install it, then press Retry on the transcript.")

    def _describe_missing(self, missing):
        if not missing:
            return False
        return self.env._(
            "The server has no font for: %(characters)s. Install one, such as Noto, and end the chat again.",
            characters=self._list_missing(missing),
        )

    def _attach_to_patient(self, content):
        """Put a copy on the patient's record, where everyone who treats the animal looks.

        Note: self.ensure_one()

        :param bytes content: the PDF
        """
        self.ensure_one()
        body = Markup('<a href="#" data-oe-model="%s" data-oe-id="%s">%s</a>') % (
            self._name,
            self.id,
            self.display_name,
        )
        message = self.patient_id.message_post(body=body, attachments=[(self._get_filename(), content)])
        self.patient_attachment_id = message.attachment_ids[:1]

    def _mail_to_owner(self):
        """Mail the PDF to the owner, by the template that the clinic can edit.

        Note: self.ensure_one()
        """
        self.ensure_one()
        template = self.env.ref("vet_teleconsult.mail_template_transcript", raise_if_not_found=False)
        if not template or not self.partner_id.email:
            self.message_post(
                body=self.env._("The owner did not get the transcript: there is no e-mail address, or no template.")
            )
            return
        self.message_post_with_source(
            template,
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner_id.ids,
            attachment_ids=[Command.link(self.attachment_id.id)],
            email_layout_xmlid="mail.mail_notification_light",
            message_type="comment",
        )

    # === BUSINESS METHODS - NAMES === #

    def _get_title(self):
        """Name the document in its reader's language.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        return self.env._("Transcript of the chat about %(patient)s", patient=self.chat_id.patient_id.name)

    def _get_filename(self):
        """Name the file on somebody's disk.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        patient = "".join(
            character if character.isalnum() else "_" for character in self.chat_id.patient_id.name
        ).strip("_")
        return f"{self.env._('Transcript')}_{patient or self.chat_id.id}_{self.made_at:%Y-%m-%d}_v{self.version}.pdf"

    def _get_vets(self):
        """Give the vets who took part, the responsible one first.

        Note: self.ensure_one()

        :rtype: res.users
        """
        self.ensure_one()
        chat = self.chat_id
        # One user for each author, whoever of them wrote.
        authors = chat._get_messages(limit=None).author_id
        return chat.vet_id | authors.user_ids.filtered(lambda user: not user.share)

    def _get_time_zone(self):
        """Name the time zone of the document: the owner's.

        Note: self.ensure_one()

        :return: a name of the IANA database
        :rtype: str
        """
        self.ensure_one()
        return self.company_id._get_owner_timezone(self.chat_id.partner_id)
