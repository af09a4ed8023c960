import base64
from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools.misc import format_date, format_time

from ..models.vet_chat_live import OWNERS
from ..tools import fonts
from ..tools.media_types import format_duration, format_size
from ..tools.printable import make_printable
from ..tools.text import html_to_text

DEFAULT_COLOR = "#0f6b6b"


class ReportTranscript(models.AbstractModel):
    """What stands in a transcript, in words ready to be printed.

    The page holds everything that it needs, pictures too: nothing is fetched while it is printed.
    """

    _name = "report.vet_teleconsult.report_transcript"
    _description = "Transcript Report"

    # === BUSINESS METHODS === #

    @api.model
    def _get_report_values(self, docids, data=None):
        """Gather what the template shows.

        :param list[int] docids: the transcripts
        :param dict data: ``missing``: a set that takes up the characters that no font has
        :rtype: dict
        """
        missing = (data or {}).get("missing", set())
        transcripts = self.env["vet.transcript"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": transcripts._name,
            "docs": transcripts,
            "pages": [self._describe(transcript, missing) for transcript in transcripts],
        }

    def _describe(self, transcript, missing):
        """Describe one transcript.

        :param vet.transcript transcript: with the language of its reader
        :param set missing: takes up the characters that no font has
        :rtype: dict
        """
        chat, company = transcript.chat_id, transcript.company_id
        messages = chat._get_messages(limit=None)
        media = messages.vet_media_ids
        links = self.env["vet.media.link"]._ensure(media.filtered(lambda file: file.state == "ready"), transcript)
        printer = Printer(self.env, transcript._get_time_zone(), missing)
        urls = {link.media_id: link._get_url() for link in links if not link.revoked_at}
        pictures = media._fetch_pictures()
        documents = messages._get_vet_documents()
        return {
            "company": company,
            "color": company.primary_color or DEFAULT_COLOR,
            "font": company.font or "",
            "transcript": transcript,
            "title": transcript._get_title(),
            "facts": self._get_facts(transcript, printer),
            "messages": [
                {
                    **self._describe_message(chat, message, printer, urls, pictures),
                    "document": self._describe_document(chat, documents[message], printer)
                    if message in documents
                    else None,
                }
                for message in messages
            ],
            "observations": [
                {
                    "label": printer.text(observation._get_label()),
                    "value": printer.text(observation._format_value()),
                    "method": printer.text(observation.method),
                    "user": printer.text(observation.user_id.name),
                    "at": printer.time(observation.observed_at),
                    "media": printer.text(observation.media_id.name),
                }
                for observation in chat.observation_ids.sorted("observed_at")
            ],
            # The last: by now it is known which offsets occurred.
            "time_zone": printer.name_zone(),
            "missing_pictures": media.filtered(lambda file: pictures.get(file) is False),
        }

    def _get_facts(self, transcript, printer):
        """List what is known of patient, owner and clinic.

        :return: label and value each
        :rtype: list[tuple[str, str]]
        """
        chat = transcript.chat_id
        facts = [
            (self.env._("Patient"), self._describe_patient(chat.patient_id, transcript)),
            (self.env._("Microchip"), chat.patient_id.microchip),
            (self.env._("Owner"), self._describe_owner(chat.partner_id)),
            (self.env._("Vet"), ", ".join(transcript._get_vets().mapped("name"))),
            (self.env._("Subject"), chat.subject),
            (self.env._("Ended"), printer.time(chat.ended_at) if chat.ended_at else None),
            (
                self.env._("Version"),
                self.env._(
                    "%(version)s, made %(time)s", version=transcript.version, time=printer.time(transcript.made_at)
                ),
            ),
        ]
        return [(label, printer.text(value)) for label, value in facts if value]

    def _describe_patient(self, patient, transcript):
        sexes = dict(patient._fields["sex"]._description_selection(self.env))
        parts = [patient.name, patient.species_id.name, patient.breed_id.name]
        if patient.sex != "unknown":
            neutered = self.env._("neutered") if patient.neutered else None
            parts.append(" ".join(filter(None, (sexes[patient.sex].lower(), neutered))))
        if patient.birth_date:
            made_on = fields.Datetime.context_timestamp(transcript, transcript.made_at).date()
            parts.append(
                self.env._(
                    "%(age)s (born %(date)s)",
                    age=patient._format_age(patient.birth_date, made_on),
                    date=format_date(self.env, patient.birth_date),
                )
            )
        return ", ".join(filter(None, parts))

    def _describe_owner(self, partner):
        address = partner._display_address(without_company=True)
        lines = [partner.name, *(line.strip() for line in address.splitlines()), partner.phone, partner.email]
        return ", ".join(line for line in lines if line)

    def _describe_message(self, chat, message, printer, urls, pictures):
        role, _key = chat._get_author(message.author_id)
        roles = {"vet": self.env._("Vet"), "owner": self.env._("Owner")}
        body = html_to_text(message.body, without_quotes=message.message_type == "email")
        return {
            "author": printer.text(message.author_id.name or message.email_from),
            "role": roles.get(role, ""),
            "is_vet": role == "vet",
            "at": printer.time(message.date),
            "lines": printer.text(body).split("\n") if body else [],
            "files": [
                self._describe_file(media, printer, urls.get(media), pictures.get(media))
                for media in message.vet_media_ids
            ],
            "attachments": [
                f"{printer.text(attachment.name)} ({format_size(attachment.file_size)})"
                for attachment in message.attachment_ids
            ],
        }

    def _describe_document(self, chat, record, printer):
        """Say in a line what document stands here, and its state now.

        :rtype: str
        """
        values = chat.with_context(lang=self.env.lang)._format_document(record, OWNERS)
        facts = (values["title"], values["subtitle"], values["amount"], values["state_label"])
        return printer.text(" · ".join(fact for fact in facts if fact))

    def _describe_file(self, media, printer, url, picture):
        kinds = dict(media._fields["kind"]._description_selection(self.env))
        facts = [kinds.get(media.kind), format_size(media.size)]
        if media.duration and media.kind in ("video", "audio"):
            facts.append(format_duration(media.duration))
        if media.parent_id:
            facts.append(
                self.env._(
                    "from %(clip)s at %(time)s", clip=media.parent_id.name, time=format_duration(media.time_code)
                )
            )
        problems = {
            "failed": media.problem,
            "processing": self.env._("Was still being prepared."),
            "deleted": self.env._("The clinic no longer keeps this file."),
        }
        return {
            "name": printer.text(media.name),
            "facts": printer.text(" · ".join(filter(None, facts))),
            "url": url,
            "problem": problems.get(media.state),
            "picture": "data:image/jpeg;base64," + base64.b64encode(picture).decode() if picture else None,
            "is_large": media.kind in ("still", "photo"),
            "is_picture_missing": picture is False,
        }


class Printer:
    """Writes for one transcript: in the language of an environment, in one time zone, with the fonts that there are.

    :param Environment env: with the language
    :param str zone: name of the time zone (IANA)
    :param set missing: takes up the characters that no font has
    """

    def __init__(self, env, zone, missing):
        self.env = env
        self.zone = zone
        self.missing = missing
        self.abbreviations = []

    def text(self, value):
        """Write a text as it can be printed.

        :param str value: any, or a falsy value
        :rtype: str
        """
        text, missing = make_printable(value or "", fonts.is_printable)
        self.missing |= missing
        return text

    def time(self, value):
        """Write date and time of day.

        :param datetime.datetime value: naive UTC
        :rtype: str
        """
        local = value.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone))
        if (abbreviation := local.strftime("%Z (UTC%z)")) not in self.abbreviations:
            self.abbreviations.append(abbreviation)
        day = format_date(self.env, local.date(), date_format="medium")
        return f"{day}, {format_time(self.env, value, tz=self.zone, time_format='short')}"

    def name_zone(self):
        """Name the time zone, with what its clocks were set to at the times that were written.

        :rtype: str
        """
        offsets = ", ".join(self.abbreviations)
        return f"{self.zone}: {offsets}" if offsets else self.zone
