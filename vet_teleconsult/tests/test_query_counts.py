import json
from xml.etree import ElementTree

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.vet_teleconsult.models.vet_chat_info import INBOX_ORDER, INBOX_PAGE

from .chat_common import ChatCommon

FEW, MANY = 10, 10_000
PAGE = 80
UUID = SQL("replace(gen_random_uuid()::text, '-', '')")


@tagged("post_install", "-at_install")
class TestQueryCounts(ChatCommon):
    """What vets and owners look at all day takes as many queries with 10,000 records as with 10.

    The records are Rex's, multiplied by SQL: ten for the first count, all the others for the second.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.message = cls._write_many(1, author=cls.vet.partner_id)

    # === RECORDS === #

    def _insert(self, pattern, count, **values):
        """Insert records like one that the ORM has made.

        :param pattern: the record; its columns are those of all, but for ``values``
        :param values: SQL by column; ``n`` is the number of the record, from 0
        :return: the first id, from which ids go on without a gap
        :rtype: int
        """
        cr, table = self.env.cr, SQL.identifier(pattern._table)
        pattern.flush_recordset()
        cr.execute(SQL("SELECT row_to_json(each) FROM %s AS each WHERE id = %s", table, pattern.id))
        row = json.dumps(cr.fetchone()[0])
        cr.execute(SQL("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", pattern._table))
        [first] = cr.fetchone()
        cr.execute(SQL("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", pattern._table, first + count))
        values = {"id": SQL("%s + n", first), **values}
        cr.execute(SQL("SELECT column_name FROM information_schema.columns WHERE table_name = %s", pattern._table))
        columns = [name for (name,) in cr.fetchall()]
        cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(columns)s) SELECT %(values)s"
                " FROM jsonb_populate_record(NULL::%(table)s, %(row)s::jsonb) AS pattern,"
                " generate_series(0, %(last)s) AS n",
                table=table,
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                values=SQL(", ").join(
                    values[name] if name in values else SQL.identifier("pattern", name) for name in columns
                ),
                row=row,
                last=count - 1,
            )
        )
        return first

    def _grow(self, count):
        """Add patients of the owner's, each with a consultation that is open and a chat of one message.

        :param int count: how many of each
        """
        patient = self._insert(self.patient, count, name=SQL("'Rex ' || n"), microchip=SQL("NULL"))
        self.env.cr.execute(
            SQL(
                "INSERT INTO vet_patient_owner_rel (patient_id, partner_id)"
                " SELECT %s + n, %s FROM generate_series(0, %s) AS n",
                patient,
                self.owner.partner_id.id,
                count - 1,
            )
        )
        own = {"patient_id": SQL("%s + n", patient)}
        chat = self._insert(
            self.chat,
            count,
            **own,
            link_token=UUID,
            chat_key=UUID,
            waiting_since=SQL("now() AT TIME ZONE 'UTC'"),
            last_message_at=SQL("now() AT TIME ZONE 'UTC'"),
        )
        message = self._insert(self.message, count, res_id=SQL("%s + n", chat), message_id=UUID)
        self.env.cr.execute(
            SQL(
                "UPDATE vet_chat SET last_message_id = %s + id - %s WHERE id BETWEEN %s AND %s",
                message,
                chat,
                chat,
                chat + count - 1,
            )
        )
        self._insert(
            self.consultation,
            count,
            **own,
            chat_id=SQL("%s + n", chat),
            name=SQL("'VC-' || %s + n", chat),
            room_key=UUID,
            room_token=UUID,
        )
        self.env.cr.execute("ANALYZE vet_patient, vet_chat, vet_consultation, mail_message")
        self.env.invalidate_all()

    # === COUNTING === #

    def _count(self, ask):
        """Count the queries of the second time that something is asked: the first fills the caches.

        :param ask: asks it, and returns how many records it got
        :return: queries, and records
        :rtype: tuple[int, int]
        """
        ask()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        got = ask()
        return self.env.cr.sql_log_count - before, got

    def _get_specification(self, model, view):
        """Say what the web client reads for a view: the fields that stand in it.

        :param odoo.models.Model model: whose view it is
        :param str view: its type
        :rtype: dict
        """
        views = model.get_views([(False, view)], {})
        names = {each.get("name") for each in ElementTree.fromstring(views["views"][view]["arch"]).iter("field")}
        name = {"fields": {"display_name": {}}}
        return {each: name if model._fields[each].type == "many2one" else {} for each in names & set(model._fields)}

    def _list(self, model_name, view):
        # The web client counts what there is as soon as a page is full; here it always does.
        model = self.env[model_name].with_user(self.vet).with_context(force_search_count=True)
        wanted = self._get_specification(model, view)
        return lambda: len(model.web_search_read([], wanted, limit=PAGE, count_limit=MANY + 1)["records"])

    def _page(self, path, link):
        def open_page():
            answer = self.url_open(path)
            self.assertEqual(answer.status_code, 200)
            return answer.text.count(f'href="{link}/')

        return open_page

    # === WHAT IS ASKED === #

    def _ask_queue(self):
        model = self.env["vet.consultation"].with_user(self.vet)
        groups = model.web_read_group(
            [("state", "in", ["scheduled", "waiting", "in_progress"])],
            ["queue_state"],
            ["__count"],
            auto_unfold=True,
            unfold_read_specification=self._get_specification(model, "kanban"),
            unfold_read_default_limit=PAGE,
        )["groups"]
        return sum(len(group["__records"]) for group in groups)

    def _ask_counters(self):
        counters = ["vet_consultation_count", "vet_patient_count", "vet_chat_unread_count"]
        return min(self.make_jsonrpc_request("/my/counters", {"counters": counters}).values())

    def test_lists_take_as_many_queries_with_many_records_as_with_few(self):
        self.authenticate(self.owner.login, self.owner.login)
        lists = {
            "queue": self._ask_queue,
            "consultations": self._list("vet.consultation", "list"),
            "inbox": lambda: len(self.env["vet.chat"].with_user(self.vet)._get_inbox()["chats"]),
            "patients": self._list("vet.patient", "list"),
            "patients as cards": self._list("vet.patient", "kanban"),
            "portal: home": self._ask_counters,
            "portal: consultations": self._page("/my/consultations", "/my/consultations"),
            "portal: pets": self._page("/my/pets", "/my/pets"),
            "portal: chats": self._page("/my/chats", "/vet/chat"),
        }
        self._grow(FEW)
        with_few = {name: self._count(ask) for name, ask in lists.items()}
        self._grow(MANY - FEW)
        for name, ask in lists.items():
            with self.subTest(list=name):
                few, shown_of_few = with_few[name]
                many, shown_of_many = self._count(ask)
                self.assertGreaterEqual(shown_of_few, FEW)
                self.assertGreater(shown_of_many, shown_of_few)
                self.assertEqual(many, few)

    def test_the_first_rows_of_lists_are_read_from_an_index_in_their_order(self):
        self._grow(MANY)
        chats, patients = self.env["vet.chat"].with_user(self.vet), self.env["vet.patient"].with_user(self.vet)
        for name, query, index in (
            ("inbox", chats._search(chats._get_inbox_domain(), order=INBOX_ORDER, limit=INBOX_PAGE), "_inbox_idx"),
            ("patients", patients._search([], order=patients._order, limit=PAGE), "_name_idx"),
        ):
            with self.subTest(list=name):
                plan = "\n".join(row[0] for row in self.env.execute_query(SQL("EXPLAIN %s", query.select())))
                self.assertIn(index, plan)
                self.assertNotIn("Seq Scan", plan)
