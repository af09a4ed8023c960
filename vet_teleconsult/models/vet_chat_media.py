import uuid

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.identifier import find_record
from ..tools.media_types import get_accept, get_kind
from ..tools.room_error import get_room_error
from ..tools.text import drop_controls, is_client_key
from .vet_chat_live import VETS
from .vet_media import ORIGINS

MAX_NAME_LENGTH = 200
MAX_CAPTION_LENGTH = 2_000
MAX_RECORDING_SECONDS = 30 * 60
MAX_OPEN_UPLOADS = 30  # of one participant in one chat: each has its place on the media service's disk kept
MAX_DRAFT_FILES = 20  # in the chat of an unfinished booking, which anybody may have begun
MAX_DRAFT_SIZES = 5  # times the largest file that is taken, of all of these together
ORIGIN_KEYS = frozenset(key for key, _label in ORIGINS)


class VetChat(models.Model):
    """The files of a chat: who may send one, and what its pages ask about them."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    chat_key = fields.Char(
        readonly=True,
        copy=False,
        default=lambda self: uuid.uuid4().hex,
        groups="vet_teleconsult.group_veterinarian",
        help="By which the media service names the chat.",
    )
    sidecar_id = fields.Many2one(
        "vet.sidecar",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups="vet_teleconsult.group_veterinarian",
        help="Chosen when somebody sends a file for the first time.",
    )
    media_ids = fields.One2many("vet.media", "chat_id", groups="vet_teleconsult.group_veterinarian", readonly=True)

    _chat_key_uniq = models.Constraint("UNIQUE(chat_key)", "Another chat has this key already.")

    def _init_column(self, column_name):
        """Give each chat of an older version a key of its own: a default would give all the same."""
        if column_name == "chat_key":
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET chat_key = replace(gen_random_uuid()::text, '-', '') WHERE chat_key IS NULL",
                    SQL.identifier(self._table),
                )
            )
        else:
            super()._init_column(column_name)

    # === BUSINESS METHODS - SENDING === #

    def _get_upload_limits(self, participant):
        """Tell a page what it may send, so that it can refuse before it sends.

        Note: self.ensure_one()

        :param dict participant: who sends; everybody has the same limits
        :rtype: dict
        """
        self.ensure_one()
        return {
            # sudo: a limit of the company, for people who may not read companies
            "max_bytes": self.sudo().company_id._get_max_upload_bytes(),
            "accept": get_accept(),
            "max_recording_seconds": MAX_RECORDING_SECONDS,
        }

    def _create_upload(self, participant, values):
        """Let a participant send a file: the same key again is the same file, to be continued.

        Note: self.ensure_one()

        :param dict participant: who sends
        :param dict values: ``filename``, ``size``, ``mime``, ``client_key``, ``origin``; optionally ``caption``,
            ``parent_id``, ``time_code``, ``annotated``, ``posted``
        :return: the file as pages show it, and address and ticket (None where there is nothing left to send)
        :rtype: dict
        :raises RoomError: when it may not be sent, before a byte is
        :raises UserError: when something about the request is wrong
        """
        self.ensure_one()
        client_key = values.get("client_key")
        if not is_client_key(client_key):
            raise UserError(self.env._("The file could not be taken. Reload the page and choose it again."))
        # sudo: participants by link have no user, and vets no right to write files: who may was checked by the link
        # or the session
        chat_sudo = self.sudo()
        chat_sudo._lock_row()
        media_sudo = chat_sudo.media_ids.search(
            [
                ("chat_id", "=", self.id),
                ("participant", "=", participant["id"]),
                ("client_key", "=", client_key),
            ],
            limit=1,
        )
        if not media_sudo:
            vals = chat_sudo._prepare_upload_vals(participant, values)
            media_sudo = media_sudo.create({**vals, "client_key": client_key})
        return self._answer_upload(participant, media_sudo)

    def _prepare_upload_vals(self, participant, values):
        """Check what is to be sent, and prepare its entry.

        :param dict participant: who sends
        :param dict values: as in :meth:`_create_upload`
        :rtype: dict
        :raises RoomError: when it may not be sent
        """
        if participant["role"] != "vet" and self.state == "locked":
            raise get_room_error(self.env, "chat_locked")
        if len(self._search_open_uploads(participant)) >= MAX_OPEN_UPLOADS:
            raise get_room_error(self.env, "too_many")
        name = self._clean_name(values.get("filename"))
        mime = drop_controls(values["mime"]) if isinstance(values.get("mime"), str) else ""
        origin = values.get("origin") if values.get("origin") in ORIGIN_KEYS else "file"
        kind = self._check_file(name, mime, values.get("size"))
        self._check_draft_room(values["size"])
        parent_id = values.get("parent_id")
        parent = self._find_media(participant, parent_id) if parent_id else self.env["vet.media"]
        is_still = origin == "still" and kind == "photo"
        return {
            "name": name,
            "chat_id": self.id,
            "company_id": self.company_id.id,
            "sidecar_id": self._ensure_sidecar().id,
            "media_key": self.env["vet.media"]._generate_media_key(),
            "state": "uploading",
            "kind": "still" if is_still else kind,
            "mime": mime.partition(";")[0].strip().lower()[:100],
            "size": values["size"],
            "origin": origin,
            "participant": participant["id"],
            "role": participant["role"],
            "author_id": participant["partner"].id,
            "caption": self._clean_caption(values.get("caption")),
            # An owner sends to be seen; a vet may also save for the record alone.
            "posted": participant["role"] != "vet" or values.get("posted") is not False,
            "parent_id": parent.id,
            "time_code": self._clean_time_code(values.get("time_code")) if parent else 0.0,
            "annotated": bool(values.get("annotated")),
        }

    def _check_file(self, name, mime, size):
        """Refuse what would be refused once it is there, as far as that can be told before.

        :param str name: its name
        :param str mime: the type that its browser declares
        :param int size: bytes
        :return: what it claims to be
        :rtype: str
        :raises RoomError: when it is empty, too large or of a type that is not taken
        """
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            raise UserError(self.env._("The file could not be taken. Reload the page and choose it again."))
        if size == 0:
            raise get_room_error(self.env, "empty")
        limit = self.company_id._get_max_upload_bytes()
        if size > limit:
            raise get_room_error(self.env, "too_large", (size, limit))
        kind = get_kind(name, mime)
        if not kind:
            raise get_room_error(self.env, "wrong_type", name)
        return kind

    def _check_draft_room(self, size):
        """Refuse what would be too much for a booking that is not finished.

        What was sent and given up counts too, so that nobody sends without end.

        :param int size: of the file that is to be sent, bytes
        :raises RoomError: when it would be too much
        """
        if not self.is_draft:
            return
        limit = MAX_DRAFT_SIZES * self.company_id._get_max_upload_bytes()
        sizes = self.media_ids.mapped("size")
        if len(sizes) >= MAX_DRAFT_FILES or sum(sizes) + size > limit:
            raise get_room_error(self.env, "draft_full")

    def _clean_name(self, filename):
        name = filename if isinstance(filename, str) else ""
        # Only the last part of a path, and no control characters: it becomes a name on somebody's disk.
        name = "".join(character for character in name.replace("\\", "/").rpartition("/")[2] if character.isprintable())
        name = name.strip().strip(".") or self.env._("File")
        stem, dot, extension = name.rpartition(".")
        if len(name) > MAX_NAME_LENGTH and len(extension) <= 10:
            return stem[: MAX_NAME_LENGTH - len(extension) - 1] + dot + extension
        return name[:MAX_NAME_LENGTH]

    def _clean_caption(self, caption):
        return drop_controls(caption).strip()[:MAX_CAPTION_LENGTH] if isinstance(caption, str) else False

    def _clean_time_code(self, time_code):
        is_number = isinstance(time_code, int | float) and not isinstance(time_code, bool)
        return float(time_code) if is_number and 0 <= time_code < 10**6 else 0.0

    def _ensure_sidecar(self):
        """Give the media service that carries the chat's files; another one only when that was archived.

        Note: self.ensure_one()

        :rtype: vet.sidecar
        :raises RoomError: when there is none
        """
        self.ensure_one()
        if not self.sidecar_id.active:
            sidecar = self.env["vet.sidecar"]._choose(self.chat_key)
            if not sidecar:
                raise get_room_error(self.env, "no_sidecar")
            self.sidecar_id = sidecar
        return self.sidecar_id

    def _answer_upload(self, participant, media_sudo):
        upload = media_sudo._get_upload() if media_sudo.state == "uploading" else None
        return {"media": media_sudo._format(participant, self), "upload": upload}

    # === BUSINESS METHODS - WHAT IS ON ITS WAY === #

    def _get_open_uploads(self, participant):
        """List what a participant has begun to send here and not finished.

        Note: self.ensure_one()

        :param dict participant: who asks
        :rtype: list[dict]
        """
        self.ensure_one()
        return [media_sudo._format(participant, self) for media_sudo in self._search_open_uploads(participant)]

    def _search_open_uploads(self, participant):
        domain = [("chat_id", "=", self.id), ("participant", "=", participant["id"]), ("state", "=", "uploading")]
        # sudo: participants by link have no user; these are their own
        return self.env["vet.media"].sudo().search(domain)

    def _renew_upload(self, participant, media_id):
        """Give a fresh ticket for a file that its sender has not finished sending.

        Note: self.ensure_one()

        :param dict participant: who sends
        :param int media_id: the file
        :return: as :meth:`_create_upload`
        :rtype: dict
        """
        return self._answer_upload(participant, self._find_own_media(participant, media_id))

    def _cancel_upload(self, participant, media_id):
        """Give up sending a file.

        Note: self.ensure_one()

        :param dict participant: who sends
        :param int media_id: the file
        :return: the file as pages show it
        :rtype: dict
        :raises UserError: when it has been sent already
        """
        media_sudo = self._find_own_media(participant, media_id)
        media_sudo._cancel()
        return {"media": media_sudo._format(participant, self)}

    def _retry_media(self, participant, media_id):
        """Have a file that failed tried again, by its sender or a vet.

        Note: self.ensure_one()

        :param dict participant: who asks
        :param int media_id: the file
        :return: the file as pages show it
        :rtype: dict
        :raises UserError: when there is nothing to try
        """
        is_vet = participant["role"] == "vet"
        find = self._find_media if is_vet else self._find_own_media
        media_sudo = find(participant, media_id)
        media_sudo._retry()
        return media_sudo._format(participant, self)

    # === BUSINESS METHODS - FINDING === #

    def _find_media(self, participant, media_id):
        """Find a file that a participant sees in this chat.

        Note: self.ensure_one()

        :param dict participant: who asks: ``role`` at least
        :param int media_id: the file
        :return: the file, with superuser rights
        :rtype: vet.media
        :raises RoomError: when it is none of this chat, or not theirs to see
        """
        self.ensure_one()
        # sudo: participants by link have no user; whether the file is theirs to see is what is checked here
        media_sudo = find_record(self.env["vet.media"].sudo(), media_id)
        if not media_sudo or self not in media_sudo._get_chats():
            raise get_room_error(self.env, "access_denied")
        if participant["role"] != "vet" and not media_sudo._is_shown_to_owner(self):
            raise get_room_error(self.env, "access_denied")
        return media_sudo

    def _find_own_media(self, participant, media_id):
        media_sudo = self._find_media(participant, media_id)
        if media_sudo.participant != participant["id"] or media_sudo.chat_id != self:
            raise get_room_error(self.env, "access_denied")
        return media_sudo

    # === BUSINESS METHODS - OBSERVATIONS === #

    def _save_observation(self, values):
        """Keep what a vet has counted in a clip.

        Note: self.ensure_one()

        :param dict values: ``media_id``, ``kind``, ``value``, ``unit``, ``method``, ``count``, ``start``, ``end``
        :return: the observation as the page shows it
        :rtype: dict
        :raises RoomError: when the clip is none of this chat
        :raises UserError: when something about the values is wrong
        """
        self.ensure_one()
        media = self._find_media(VETS, values["media_id"]) if values.get("media_id") else self.env["vet.media"]
        return self.env["vet.observation"]._save(self, media, values)
