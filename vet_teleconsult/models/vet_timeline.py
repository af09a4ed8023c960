from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import is_html_empty

from ..tools import protocol
from ..tools.text import html_to_text
from ..tools.timeline import Place, to_moment

PAGE = 20
MAX_PAGE = 100
MAX_FILES = 6
SUMMARY_LENGTH = 180  # characters


class VetTimeline(models.AbstractModel):
    """Everything about a patient in one timeline, whatever model it comes from.

    A kind of entries is a :class:`~odoo.addons.vet_teleconsult.tools.timeline.Source`; modules and models add theirs by
    extending ``_get_timeline_sources``. Each page costs a fixed number of queries, whatever the length of the history.
    """

    _name = "vet.timeline"
    _description = "Timeline"

    # === BUSINESS METHODS === #

    @api.model
    def _get_timeline_sources(self):
        """List the kinds of entries, to be extended.

        :rtype: list[Source]
        """
        return []

    @api.model
    def _get_page(self, scope, before=None, limit=PAGE, kinds=None):
        """Give a page of a timeline, the newest first, of what the current user may read.

        :param Scope scope: what it is about, and who reads it
        :param str before: ``next`` of the page before; the first page by default
        :param int limit: how many entries
        :param list[str] kinds: which kinds of entries; all by default
        :return: ``entries``, ``next`` (where the following page begins, or None) and, with the first page of all
            kinds, ``kinds``: of which kinds there are entries
        :rtype: dict
        :raises UserError: when the page that is asked for makes no sense
        """
        place = self._parse_place(before)
        limit = min(max(limit, 1), MAX_PAGE)
        sources = {source.kind: source for source in self._get_timeline_sources() if self._is_readable(source, scope)}
        wanted = self._choose(sources, kinds)
        places = sorted(
            (found for source in wanted for found in self._find(source, scope, place, limit + 1)), reverse=True
        )
        shown = places[:limit]
        described = {}
        for source in wanted:
            ids = [found.id for found in shown if found.kind == source.kind]
            if ids:
                # sudo: what was found is readable; what is told of it includes names of vets and types, which owners
                # and vets of other companies may not read
                records_sudo = self.env[source.model].sudo().browse(ids)
                for record, values in source.describe(records_sudo, scope).items():
                    described[source.kind, record.id] = values
        page = {
            "entries": [
                self._prepare_entry(found) | described[found.kind, found.id]
                for found in shown
                if (found.kind, found.id) in described
            ],
            "next": str(shown[-1]) if len(places) > limit else None,
        }
        if not place and kinds is None:
            present = {found.kind for found in places}
            page["kinds"] = [
                {"kind": kind, "label": source.label} for kind, source in sources.items() if kind in present
            ]
        return page

    def _parse_place(self, before):
        if before is None:
            return None
        try:
            return Place.parse(before)
        except ValueError as error:
            raise UserError(self.env._("This page of the history does not exist. Reload the page.")) from error

    def _choose(self, sources, kinds):
        if kinds is None:
            return list(sources.values())
        if not isinstance(kinds, list | tuple) or any(not isinstance(kind, str) for kind in kinds):
            raise UserError(self.env._("Choose what the history shall show, or everything."))
        return [sources[kind] for kind in sources if kind in kinds]

    def _is_readable(self, source, scope):
        if not scope.is_for_vets and not source.is_for_owners:
            return False
        return self.env[source.model].has_access("read")

    def _find(self, source, scope, place, limit):
        """Find where the next entries of one kind stand.

        :param Source source: the kind
        :param Scope scope: what the timeline is about
        :param Place place: where the page before ended, or None
        :param int limit: how many at most
        :rtype: list[Place]
        """
        domain = scope.get_domain(source) & Domain(source.date, "!=", False)
        if place:
            domain &= source.get_domain_before(place)
        records = self.env[source.model].search_fetch(
            domain, [source.date], order=f"{source.date} desc, id desc", limit=limit
        )
        return [Place(to_moment(record[source.date]), source.kind, record.id) for record in records]

    @api.model
    def _prepare_entry(self, place):
        """Prepare what all entries have; a source's ``describe`` fills it in.

        :param Place place: where the entry stands
        :return: ``kind`` and ``id``; ``date`` (ISO 8601, UTC); ``title``; ``about`` and ``detail``, a line each;
            ``text``, sanitized HTML, and where it is long ``summary``, how it begins, as plain text; ``patient``, its
            name; ``state``, ``state_label`` and ``tone``
            (``good``, ``warning``, ``danger`` or ``neutral``); ``url``, where the record is shown; ``record`` (model
            and id), for the web client; ``files``; ``recording``, its id where it can be viewed
        :rtype: dict
        """
        return {
            "kind": place.kind,
            "id": place.id,
            "date": protocol.format_time(place.date),
            "title": "",
            "about": None,
            "detail": None,
            "text": None,
            "summary": None,
            "patient": None,
            "state": None,
            "state_label": None,
            "tone": "neutral",
            "url": None,
            "record": None,
            "files": [],
            "recording": None,
        }

    # === BUSINESS METHODS - WHAT SOURCES SHARE === #

    def _describe_state(self, record, tones, name="state"):
        """Say in which state a record is.

        :param record: of any model
        :param dict tones: tone by state, where it is not neutral
        :param str name: of the selection field
        :rtype: dict
        """
        state = record[name]
        labels = dict(record._fields[name]._description_selection(self.env))
        return {"state": state, "state_label": labels.get(state), "tone": tones.get(state, "neutral")}

    def _describe_place_in_odoo(self, record, scope, url=None):
        """Say where a record is shown: to vets in the web client, to owners on their pages.

        :param record: of any model
        :param Scope scope: who reads
        :param str url: the owner's page
        :rtype: dict
        """
        if not scope.is_for_vets:
            return {"url": url}
        return {
            "url": f"/odoo/{record._name}/{record.id}",
            "record": {"model": record._name, "id": record.id},
        }

    def _describe_text(self, html):
        """Give a text that is read when it is unfolded, and how it begins.

        :param str html: sanitized, or a falsy value
        :rtype: dict
        """
        if is_html_empty(html):
            return {"text": None, "summary": None}
        plain = " ".join(html_to_text(html).split())
        summary = f"{plain[:SUMMARY_LENGTH].rsplit(' ', 1)[0]}…" if len(plain) > SUMMARY_LENGTH else None
        return {"text": str(html), "summary": summary}

    def _name_patient(self, patient, scope):
        """Name the patient where the timeline is about several.

        :param vet.patient patient: whom an entry is about
        :param Scope scope: what the timeline is about
        :rtype: str | None
        """
        return patient.name if scope.partner else None
