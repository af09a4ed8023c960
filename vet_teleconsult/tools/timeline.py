"""A timeline over several tables, read page by page from where the last page ended (keyset paging)."""

import dataclasses
import datetime
import re
from collections.abc import Callable

from odoo.fields import Domain
from odoo.tools import SQL

CURSOR = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)/([a-z_]{1,32})/(\d{1,10})", re.ASCII)


NOON = datetime.time(12)


def to_moment(value):
    """Give the moment by which something is ordered.

    :param value: a date, or a naive UTC datetime
    :rtype: datetime.datetime
    """
    return value if isinstance(value, datetime.datetime) else datetime.datetime.combine(value, NOON)


@dataclasses.dataclass(frozen=True, order=True)
class Place:
    """Where an entry stands: by its time, and for those of one moment by kind and identifier.

    :param date: naive UTC
    :param kind: of the entry
    :param id: of its record
    """

    date: datetime.datetime
    kind: str
    id: int

    def __str__(self):
        return f"{self.date.isoformat()}/{self.kind}/{self.id}"

    @classmethod
    def parse(cls, text):
        """Read a place that a page was given.

        :param text: from outside
        :rtype: Place
        :raises ValueError: when it is none
        """
        match = CURSOR.fullmatch(text) if isinstance(text, str) else None
        if not match:
            raise ValueError("This is no place in a timeline.")
        return cls(datetime.datetime.fromisoformat(match[1]), match[2], int(match[3]))


@dataclasses.dataclass(frozen=True)
class Source:
    """One kind of entries, and where they come from.

    :param kind: its technical name, lower case
    :param label: its name in the plural, in the reader's language
    :param model: whose records they are
    :param date: the stored field by which they are ordered; a day counts as its noon (UTC), which is the same day
        nearly everywhere
    :param describe: called with records (superuser rights, readable by whoever asks) and the scope; gives a dict of
        each, by record
    :param patient: path to the patient
    :param partner: path to the owner
    :param domain: which records are entries
    :param owner_domain: which of these owners see
    :param past: which of them are history, for a timeline that tells of the past alone
    :param without: called with a consultation, gives which records are not of it
    :param is_for_owners: whether owners see entries of this kind, as far as their own rights go
    :param is_guarded: whether the fields by which records are found are not for everybody who may read the records
    """

    kind: str
    label: str
    model: str
    date: str
    describe: Callable
    patient: str = "patient_id"
    partner: str = "partner_id"
    domain: Domain = Domain.TRUE
    owner_domain: Domain = Domain.TRUE
    past: Domain = Domain.TRUE
    without: Callable | None = None
    is_for_owners: bool = False
    is_guarded: bool = False

    def get_domain_before(self, place):
        """Say which records stand after a place in the order of the timeline, which is the newest first.

        :param Place place: where the last page ended
        :rtype: Domain
        """

        def to_sql(model, alias, query):
            date, key = (model._field_to_sql(alias, name, query) for name in (self.date, "id"))
            if model._fields[self.date].type == "date":
                date = SQL("%s + time '12:00'", date)
            if self.kind == place.kind:
                return SQL("(%s, %s) < (%s, %s)", date, key, place.date, place.id)
            return SQL("%s %s %s", date, SQL("<=" if self.kind < place.kind else "<"), place.date)

        return Domain.custom(to_sql=to_sql)


@dataclasses.dataclass(frozen=True)
class Scope:
    """What a timeline is about, and who reads it.

    :param patient: whose timeline it is (``vet.patient``)
    :param audience: ``vet`` or ``owner``
    :param partner: an owner whose other patients it covers too (``res.partner``), or None
    :param consultation: a consultation that is left out with all that belongs to it, as is what has yet to take place
        (``vet.consultation``), or None
    """

    patient: object
    audience: str
    partner: object = None
    consultation: object = None

    @property
    def is_for_vets(self):
        return self.audience == "vet"

    def get_domain(self, source):
        """Say which records of a source are in scope.

        :param Source source: the kind of entries
        :rtype: Domain
        """
        domain = Domain(source.patient, "in", self.patient.ids)
        if self.partner:
            domain |= Domain(source.partner, "in", self.partner.ids)
        if self.audience == "owner":
            owner = self.patient.env.user.partner_id.commercial_partner_id
            domain &= Domain(source.partner, "child_of", owner.ids) & source.owner_domain
        if self.consultation:
            domain &= source.past
            if source.without:
                domain &= source.without(self.consultation)
        domain &= source.domain
        if source.is_guarded:
            # sudo: only which records are in scope; those among them that somebody may read are found with their rights
            return Domain("id", "in", self.patient.env[source.model].sudo()._search(domain))
        return domain
