import hashlib
import io
import re
import time
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pypdf
from PIL import Image

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vet_teleconsult.models import vet_media_picture

from .media_common import MediaCommon
from .test_room import read_ticket
from .test_sidecar import running

QUIET = (
    "odoo.addons.vet_teleconsult.models.vet_transcript",
    "odoo.addons.vet_teleconsult.models.vet_media_picture",
)


class PictureServer(ThreadingHTTPServer):
    """A media service that gives a picture for every key, and remembers the tickets that it was shown."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), PictureHandler)
        self.status = 200
        self.content = None
        self.tickets = []


class PictureHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        address = urlsplit(self.path)
        self.server.tickets.append(parse_qs(address.query)["ticket"][0])
        # Each file its own colour: a PDF holds equal pictures once.
        color = "#" + hashlib.sha256(address.path.encode()).hexdigest()[:6]
        content = self.server.content or make_picture(color=color)
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        """Keep the tests' output quiet."""


def make_picture(size=(640, 360), color="#cc3311", kind="JPEG"):
    content = io.BytesIO()
    Image.new("RGB", size, color).save(content, kind)
    return content.getvalue()


class TranscriptCommon(MediaCommon):
    """A chat that ends, and what is printed of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner.partner_id.tz = "Europe/Berlin"
        cls.patient.write({"microchip": "276098106123456", "sex": "male", "neutered": True, "birth_date": "2021-03-04"})
        cls.company.write({"street": "Lindenstraße 5", "city": "Berlin", "zip": "10969"})

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(running(PictureServer()))
        # What wkhtmltopdf prints is what is tested, also in test mode.
        self.sidecar.command_url = f"http://127.0.0.1:{self.server.server_port}"

    def _write(self, body, participant=None, key=None, media=None):
        """Write a message as a page does.

        :rtype: mail.message
        """
        participant = participant or self.as_owner
        media_ids = media.ids if media else []
        key = key or f"k{len(self.chat._get_messages())}"
        chat = self.chat.with_user(self.vet) if participant is self.as_vet else self.chat
        values = chat._post_message(participant, body, key, media_ids)
        return self.env["mail.message"].browse(values["id"])

    def _end(self, **values):
        """End the chat and let the scheduled action make the transcript.

        :rtype: vet.transcript
        """
        self.chat.with_user(self.vet)._end(**values)
        return self._make()

    def _make(self):
        transcripts = self.chat.transcript_ids.filtered(lambda transcript: transcript.state == "pending")
        for transcript in transcripts:
            transcript._make()
        return self.chat.transcript_ids.sorted("version")[-1:]

    def _read(self, transcript):
        """Read a transcript's PDF.

        :rtype: pypdf.PdfReader
        """
        self.assertEqual(transcript.state, "ready", transcript.problem)
        return pypdf.PdfReader(io.BytesIO(transcript.attachment_id.raw))

    def _get_text(self, transcript):
        """Give the text of a transcript with single spaces: Qt writes tabs and line ends where it likes."""
        return " ".join(" ".join(page.extract_text() for page in self._read(transcript).pages).split())

    def _get_links(self, transcript):
        """Give the addresses of a transcript's links."""
        annotations = [
            annotation.get_object() for page in self._read(transcript).pages for annotation in page.get("/Annots", [])
        ]
        return [annotation["/A"]["/URI"] for annotation in annotations if "/URI" in annotation.get("/A", {})]

    def _count_pictures(self, transcript):
        objects = [
            reference.get_object()
            for page in self._read(transcript).pages
            for reference in page["/Resources"].get("/XObject", {}).values()
        ]
        # Told from the clinic's logo by their shape.
        return len(
            [item for item in objects if item["/Subtype"] == "/Image" and item["/Width"] * 9 == item["/Height"] * 16]
        )

    def _send(self, participant=None, **values):
        """Put a file of the store into the chat, with its message.

        :rtype: vet.media
        """
        media = self._create_media(participant, **values)
        media._post()
        return media


@tagged("post_install", "-at_install")
class TestTranscriptContent(TranscriptCommon):
    """What stands in a transcript."""

    def test_everybody_and_everything_is_named(self):
        self._write("He limps since Monday.")
        self._write("Please film him from the side.", self.as_vet)
        text = self._get_text(self._end())
        for part in (
            "Linden Clinic",
            "Lindenstraße 5",
            "Rex, Test Ferret, male neutered",
            "born 03/04/2021",
            "276098106123456",
            "Anna Keller · Owner",
            "He limps since Monday.",
            "Dr. Meier · Vet",
            "Please film him from the side.",
        ):
            with self.subTest(part=part):
                self.assertIn(part, text)

    def test_messages_stand_in_their_order(self):
        for number in range(5):
            self._write(f"message-{number}")
        text = self._get_text(self._end())
        positions = [text.index(f"message-{number}") for number in range(5)]
        self.assertEqual(positions, sorted(positions))

    def test_times_are_local_and_their_zone_is_named(self):
        message = self._write("Hello")
        message.date = datetime(2026, 7, 1, 22, 30)
        text = self._get_text(self._end())
        self.assertRegex(text, r"Jul 2, 2026, 12:30\WAM")
        self.assertIn("Europe/Berlin", text)
        self.assertIn("CEST (UTC+0200)", text)

    def test_files_stand_with_name_size_length_and_a_link(self):
        media = self._send(name="limping.mp4", size=5 * 1024**2, duration=65.4)
        transcript = self._end()
        text = self._get_text(transcript)
        self.assertIn("limping.mp4", text)
        self.assertIn("Video · 5 MB · 1:05", text)
        link = transcript.link_ids
        self.assertEqual(link.media_id, media)
        expected = f"{self.chat.get_base_url()}/vet/clip/{media.id}/{link.token}"
        self.assertEqual(set(self._get_links(transcript)), {expected})
        self.assertIn(expected, text.replace(" ", ""))

    def test_no_address_of_the_store_stands_anywhere(self):
        self._send()
        content = self._end().attachment_id.raw
        reader = pypdf.PdfReader(io.BytesIO(content))
        streams = b"".join(page.get_contents().get_data() for page in reader.pages)
        for secret in (b"sidecar.example", b"127.0.0.1", b"ticket=", b"original.mp4"):
            with self.subTest(secret=secret):
                self.assertNotIn(secret, content + streams)

    def test_pictures_of_clips_and_stills_are_in_it(self):
        clip = self._send()
        key = "b" * 32
        self._send(
            self.as_vet,
            kind="still",
            mime="image/png",
            name="still.png",
            media_key=key,
            store_key=f"media/{key}/original.png",
            parent_id=clip.id,
            time_code=7.0,
        )
        transcript = self._end()
        self.assertEqual(self._count_pictures(transcript), 2)
        self.assertIn("from limping.mp4 at 0:07", self._get_text(transcript))
        keys = {read_ticket(ticket, self.secret)["media"] for ticket in self.server.tickets}
        self.assertEqual(keys, {clip.poster_key, f"media/{key}/original.png"})

    def test_observations_are_listed_with_method_and_clip(self):
        clip = self._send()
        self.chat.with_user(self.vet)._save_observation(
            {
                "media_id": clip.id,
                "kind": "respiratory_rate",
                "value": 32.5,
                "unit": "1/min",
                "method": "12 taps in 22.2 s",
                "count": 12,
                "start": 1.0,
                "end": 23.2,
            }
        )
        text = self._get_text(self._end())
        for part in ("Respiratory rate", "32.5 1/min", "12 taps in 22.2 s"):
            self.assertIn(part, text)

    def test_stills_for_the_record_alone_and_notes_of_the_clinic_stay_there(self):
        self._create_media(self.as_vet, name="secret-still.png", kind="still", posted=False)
        self.chat.with_user(self.vet).message_post(body="secret-note", message_type="comment")
        text = self._get_text(self._end())
        self.assertNotIn("secret", text)

    def test_clinics_footer_ends_the_document(self):
        self.company.report_footer = "<p>Registered in Berlin, HRB 4711</p>"
        self._write("Hello")
        text = self._get_text(self._end())
        self.assertGreater(text.index("Registered in Berlin, HRB 4711"), text.index("The links open the files"))

    def test_line_breaks_are_kept(self):
        self._write("first line\n\nthird line")
        reader = self._read(self._end())
        lines = [line.strip() for line in reader.pages[0].extract_text().splitlines()]
        self.assertIn("thirdline", [line.replace(" ", "").replace("\t", "") for line in lines])

    def test_pictograms_and_foreign_letters_do_no_harm(self):
        self._write("Danke 😀 👍🏽 Привет Łukasz \x0b犬 " + "x" * 400)
        transcript = self._end()
        self.assertEqual(transcript.state, "ready")
        text = self._get_text(transcript)
        self.assertIn("Привет Łukasz", text)
        self.assertNotIn("🏽", text)


@tagged("post_install", "-at_install")
class TestTranscriptPages(TranscriptCommon):
    """How a transcript lies on paper."""

    def _get_footers(self, transcript):
        return [re.findall(r"Page \d+ of \d+", page.extract_text()) for page in self._read(transcript).pages]

    def test_short_chat_is_one_numbered_page(self):
        self._write("Hello")
        self.assertEqual(self._get_footers(self._end()), [["Page 1 of 1"]])

    def test_every_page_of_a_long_chat_is_numbered_and_named(self):
        for number in range(16):
            self._write(f"{number} " + "He limps after walking on gravel. " * 25)
        transcript = self._end()
        footers = self._get_footers(transcript)
        self.assertGreaterEqual(len(footers), 3)
        self.assertEqual(footers, [[f"Page {n} of {len(footers)}"] for n in range(1, len(footers) + 1)])
        for page in self._read(transcript).pages:
            self.assertIn("Linden Clinic · Transcript of the chat about Rex", page.extract_text())

    def test_one_message_may_be_longer_than_a_page(self):
        self._write("\n".join(f"line-{number}" for number in range(150)))
        transcript = self._end()
        text = self._get_text(transcript)
        self.assertTrue(all(f"line-{number}" in text for number in range(150)))
        self.assertGreaterEqual(len(self._read(transcript).pages), 2)

    def test_paper_is_the_clinics(self):
        self._write("Hello")
        for name, width, height in (("base.paperformat_euro", 595, 842), ("base.paperformat_us", 612, 792)):
            self.company.paperformat_id = self.env.ref(name)
            self.chat.write({"ended_at": False, "state": "open"})
            page = self._read(self._end()).pages[0]
            with self.subTest(paper=name):
                self.assertAlmostEqual(float(page.mediabox.width), width, delta=2)
                self.assertAlmostEqual(float(page.mediabox.height), height, delta=2)

    def test_word_without_end_is_broken_at_the_edge(self):
        self._write("a" * 500)
        (page,) = self._read(self._end()).pages
        lines = [line.strip() for line in page.extract_text().splitlines() if set(line.strip()) == {"a"}]
        self.assertEqual(sum(map(len, lines)), 500)
        self.assertGreater(len(lines), 4)

    def test_owner_reads_it_in_their_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"]._load_module_terms(["vet_teleconsult"], ["de_DE"])
        self.owner.partner_id.lang = "de_DE"
        message = self._write("Er humpelt.")
        message.date = datetime(2026, 12, 1, 9, 5)
        text = self._get_text(self._end())
        for part in (
            "Protokoll des Chats über Rex",
            "männlich kastriert",
            "Anna Keller · Halter",
            "01.12.2026, 10:05",
            "Die Links öffnen die Dateien",
            "Seite 1 von 1",
        ):
            with self.subTest(part=part):
                self.assertIn(part, text)


@tagged("post_install", "-at_install")
class TestTranscriptVersions(TranscriptCommon):
    """A transcript is made each time a chat ends, after that was committed, and kept."""

    def test_ending_waits_for_no_pdf(self):
        with patch.object(type(self.env["vet.transcript"]), "_make_pdf", side_effect=AssertionError):
            self.chat.with_user(self.vet)._end()
        self.assertEqual(self.chat.transcript_ids.state, "pending")
        self.assertTrue(self.chat.ended_at)

    def test_ending_again_makes_a_new_version_and_keeps_the_old(self):
        self._write("first")
        first = self._end()
        self.chat.with_user(self.vet).action_reopen()
        self._write("second")
        second = self._end()
        self.assertEqual((first.version, second.version), (1, 2))
        self.assertNotIn("second", self._get_text(first))
        self.assertIn("second", self._get_text(second))

    def test_pdf_is_on_the_patients_record_too(self):
        transcript = self._end()
        copies = self.env["ir.attachment"].search(
            [("res_model", "=", "vet.patient"), ("res_id", "=", self.patient.id), ("mimetype", "=", "application/pdf")]
        )
        self.assertEqual(copies, transcript.patient_attachment_id)
        self.assertEqual(copies.checksum, transcript.attachment_id.checksum)
        self.assertIn(copies, self.patient.message_ids.attachment_ids)

    def test_scheduled_action_makes_what_waits(self):
        self.chat.with_user(self.vet)._end()
        self._run_scheduled_action()
        self.assertEqual(self.chat.transcript_ids.state, "ready")

    def test_scheduled_action_without_time_leaves_what_waits_to_its_next_run(self):
        self.chat.with_user(self.vet)._end()
        transcript = self.chat.transcript_ids
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=0.0):
            self.env["vet.transcript"]._cron_make()
        self.assertEqual((transcript.state, transcript.attempts), ("pending", 0))

    def _run_scheduled_action(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60.0):
            self.env["vet.transcript"]._cron_make()

    def test_transcript_waits_for_a_file_that_is_being_prepared(self):
        media = self._begin_media()
        self._tell_received(media)
        self.chat.with_user(self.vet)._end()
        transcript = self.chat.transcript_ids
        self._run_scheduled_action()
        self.assertEqual((transcript.state, transcript.attempts), ("pending", 0))
        self._tell_ready(media)
        self._run_scheduled_action()
        self.assertEqual(transcript.state, "ready")

    def test_file_that_is_ready_or_has_failed_calls_the_scheduled_action(self):
        cron = self.env.ref("vet_teleconsult.ir_cron_make_transcripts")
        news = (
            self._tell_ready,
            partial(self._tell, event_type="failed", sequence=2, stage="check", code="damaged", retryable=False),
        )
        files = [self._begin_media() for _tell in news]
        for media in files:
            self._tell_received(media)
        self.chat.with_user(self.vet)._end()
        for tell, media in zip(news, files, strict=True):
            triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
            tell(media)
            with self.subTest(state=media.state):
                self.assertGreater(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), triggers)

    def test_transcript_does_not_wait_for_ever(self):
        media = self._begin_media()
        self._tell_received(media)
        media.message_id.date -= timedelta(minutes=16)
        self.chat.with_user(self.vet)._end()
        self._run_scheduled_action()
        transcript = self.chat.transcript_ids
        self.assertEqual(media.state, "processing")
        self.assertIn("Was still being prepared", self._get_text(transcript))

    def test_transcript_cannot_be_deleted(self):
        transcript = self._end()
        with self.assertRaises(UserError):
            transcript.unlink()


@tagged("post_install", "-at_install")
class TestTranscriptFailure(TranscriptCommon):
    """What goes wrong is on the record, with a way on."""

    @mute_logger(*QUIET)
    def test_server_without_wkhtmltopdf_says_so_and_can_try_again(self):
        with patch.object(type(self.env["ir.actions.report"]), "get_wkhtmltopdf_state", return_value="install"):
            transcript = self._end()
        self.assertEqual(transcript.state, "failed")
        self.assertIn("wkhtmltopdf is not installed", transcript.problem)
        self.assertTrue(self.chat.ended_at)
        transcript.with_user(self.vet).action_retry()
        self.assertEqual((self._make(), transcript.state), (transcript, "ready"))

    @mute_logger(*QUIET)
    def test_anything_unexpected_is_a_failure_that_people_see(self):
        with patch.object(type(self.env["vet.media"]), "_fetch_pictures", side_effect=ZeroDivisionError):
            transcript = self._end()
        self.assertEqual(transcript.state, "failed")
        self.assertFalse(transcript.attachment_id or transcript.link_ids)

    @mute_logger(*QUIET)
    def test_transcript_that_never_finishes_is_given_up(self):
        self.chat.with_user(self.vet)._end()
        transcript = self.chat.transcript_ids
        transcript.attempts = 4
        transcript._make()
        self.assertEqual(transcript.state, "failed")

    def test_pictures_leave_most_of_a_workers_two_minutes_to_the_pdf(self):
        fetcher = vet_media_picture.Fetcher()
        address = f"http://127.0.0.1:{self.server.server_port}/media/a/poster.jpg?ticket="
        begun = time.monotonic()
        with patch.object(vet_media_picture, "time") as clock:
            clock.monotonic.return_value = begun + 35
            self.assertTrue(fetcher.fetch(address + "soon", 480))
            clock.monotonic.return_value = begun + 45
            self.assertIsNone(fetcher.fetch(address + "late", 480))
        self.assertEqual(self.server.tickets, ["soon"])

    def test_original_that_was_fetched_is_made_small_at_once(self):
        fetcher = vet_media_picture.Fetcher()
        self.server.content = make_picture(size=(3000, 2000), kind="PNG")
        picture = fetcher.fetch(f"http://127.0.0.1:{self.server.server_port}/media/a/original.png?ticket=a", 1000)
        with Image.open(io.BytesIO(picture)) as image:
            self.assertEqual((image.format, image.size), ("JPEG", (1000, 667)))

    @mute_logger(*QUIET)
    def test_picture_that_cannot_be_had_is_a_placeholder(self):
        self._send(name="limping.mp4")
        for trouble in ({"status": 404}, {"status": 200, "content": b"no picture at all"}):
            for name, value in trouble.items():
                setattr(self.server, name, value)
            self.chat.write({"ended_at": False, "state": "open"})
            transcript = self._end()
            with self.subTest(trouble=trouble):
                self.assertEqual(transcript.state, "ready")
                text = self._get_text(transcript)
                self.assertIn("No picture", text)
                self.assertIn("limping.mp4", text)

    @mute_logger(*QUIET)
    def test_media_service_that_is_away_is_asked_once(self):
        for _number in range(3):
            self._send()
        self.sidecar.command_url = "http://127.0.0.1:9"
        transcript = self._end()
        self.assertEqual((transcript.state, len(transcript.link_ids)), ("ready", 3))
        self.assertEqual(self._get_text(transcript).count("No picture"), 3)

    def test_file_that_failed_says_so_in_place_of_a_link(self):
        media = self._send()
        media.write({"state": "failed", "problem_code": "damaged"})
        transcript = self._end()
        self.assertFalse(transcript.link_ids)
        self.assertIn("damaged", self._get_text(transcript))


@tagged("post_install", "-at_install")
class TestTranscriptMail(TranscriptCommon):
    """The owner gets the PDF where the vet wants it."""

    def _get_mails(self):
        return self.env["mail.mail"].search([("model", "=", "vet.transcript")])

    def test_owner_is_mailed_the_pdf_when_that_was_asked_for(self):
        transcript = self._end(mail_transcript=True)
        mail = self._get_mails()
        self.assertEqual(mail.recipient_ids, self.owner.partner_id)
        self.assertEqual(mail.attachment_ids, transcript.attachment_id)
        self.assertEqual(mail.subject, "Our chat about Rex")

    def test_nobody_is_mailed_otherwise(self):
        self._end()
        self.assertFalse(self._get_mails())

    def test_owner_without_an_address_is_noted(self):
        self.owner.partner_id.email = False
        transcript = self._end(mail_transcript=True)
        self.assertEqual(transcript.state, "ready")
        self.assertTrue(
            [body for body in transcript.message_ids.mapped("body") if "did not get the transcript" in body]
        )

    def test_vet_edits_the_mail_before_sending_it(self):
        transcript = self._end()
        action = transcript.with_user(self.vet).action_send()
        composer = self.env["mail.compose.message"].with_user(self.vet).with_context(**action["context"]).create({})
        self.assertEqual(composer.attachment_ids, transcript.attachment_id)
        self.assertEqual(composer.partner_ids, self.owner.partner_id)
        self.assertIn("Rex", composer.body)
        composer._action_send_mail()
        self.assertEqual(self._get_mails().recipient_ids, self.owner.partner_id)


@tagged("post_install", "-at_install")
class TestTranscriptLinks(TranscriptCommon):
    """Links open without a login, for as long as the clinic lets them."""

    def setUp(self):
        super().setUp()
        self.media = self._send()
        self.transcript = self._end()
        self.link = self.transcript.link_ids

    def test_link_opens_the_viewer_without_a_login(self):
        response = self._open(f"/vet/clip/{self.media.id}/{self.link.token}")
        self.assertEqual(response.status_code, 200)
        self.assertIn('id="vet_clip"', response.text)

    def test_revoked_link_stops_while_another_transcripts_goes_on(self):
        self.chat.write({"ended_at": False, "state": "open"})
        other = self._end().link_ids
        self.assertNotEqual(other, self.link)
        self.link.with_user(self.vet).action_revoke()
        self.assertEqual(self._open(f"/vet/clip/{self.media.id}/{self.link.token}").status_code, 410)
        self.assertEqual(self._open(f"/vet/clip/{self.media.id}/{other.token}").status_code, 200)

    def test_transcript_made_again_keeps_its_links(self):
        self.transcript.write({"state": "pending"})
        self._make()
        self.assertEqual(self.transcript.link_ids, self.link)

    def test_all_links_of_a_file_are_revoked_at_once(self):
        self.media.with_user(self.vet).action_revoke_links()
        self.assertTrue(self.link.revoked_at)
        self.assertEqual(self.link.revoked_by_id, self.vet)


@tagged("post_install", "-at_install")
class TestTranscriptDownload(TranscriptCommon):
    """Who may download a transcript."""

    def setUp(self):
        super().setUp()
        self.transcript = self._end()
        self.path = self.transcript._get_path()

    def test_vets_and_the_owner_with_a_login_get_the_pdf(self):
        for user in (self.vet, self.second_vet, self.owner):
            response = self._open(self.path, user)
            with self.subTest(user=user.login):
                self.assertEqual((response.status_code, response.content[:5]), (200, b"%PDF-"))
                self.assertIn("attachment", response.headers["Content-Disposition"])
                self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_nobody_else_with_a_login_gets_it(self):
        for user in (self.other_owner, self.receptionist, self.foreign_vet):
            with self.subTest(user=user.login):
                self.assertEqual(self._open(self.path, user).status_code, 404)

    def test_who_is_not_logged_in_is_asked_to(self):
        response = self._open(self.path)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    def test_owners_page_and_link_open_it_until_the_link_is_renewed(self):
        paths = [
            self.chat._get_transcripts(self.as_owner)[0]["url"],
            f"{self.path}?access_token={self.chat.link_token}",
        ]
        for path in paths:
            self.assertEqual(self._open(path).status_code, 200)
        self.chat._rotate_link()
        for path in paths:
            with self.subTest(path=path.partition("=")[0]):
                self.assertEqual(self._open(path).status_code, 404)

    def test_other_owners_cannot_reach_the_patients_copy_by_its_number(self):
        self.patient.owner_ids |= self.other_owner.partner_id
        copy = self.transcript.patient_attachment_id
        self.assertEqual(self._open(f"/web/content/{copy.id}", self.vet).status_code, 200)
        for user in (self.other_owner, None):
            with self.subTest(user=user and user.login):
                self.assertEqual(self._open(f"/web/content/{copy.id}", user).status_code, 404)

    def test_transcript_that_is_being_made_says_so(self):
        self.transcript.made_at -= timedelta(hours=1)
        self.transcript.state = "pending"
        response = self._open(self.path, self.vet)
        self.assertEqual(response.status_code, 409)
        self.assertIn("still being made", response.text)
