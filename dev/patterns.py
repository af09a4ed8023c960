"""Many records at once by SQL, each like one that the ORM has made: for a size that the ORM would take hours for.

The columns of a record that the ORM makes, the *pattern*, are what all others begin with, so that the default of a
field that is added tomorrow needs no line anywhere. What differs from record to record is said in SQL.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


@contextmanager
def taken_back(env: Any) -> Iterator[None]:
    """Undo what is made within the block, in the database and in the ORM's caches.

    :param env: an Odoo environment
    """
    with env.cr.savepoint() as savepoint:
        yield
        savepoint.rollback()


def read(record: Any) -> str:
    """Return the row of a record as JSON, with all its stored fields computed."""
    record.env.flush_all()
    record.env.cr.execute(f'SELECT row_to_json(each) FROM "{record._table}" AS each WHERE id = %s', [record.id])
    return json.dumps(record.env.cr.fetchone()[0])


def reserve(env: Any, table: str, count: int) -> int:
    """Take as many ids of a table as wanted, one after the other, and return the first."""
    env.cr.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
    [sequence] = env.cr.fetchone()
    env.cr.execute("SELECT nextval(%s)", [sequence])
    [first] = env.cr.fetchone()
    env.cr.execute("SELECT setval(%s, %s)", [sequence, first + max(count, 1) - 1])
    return int(first)


def multiply(env: Any, table: str, pattern: str, source: str, values: Mapping[str, str]) -> int:
    """Insert a record for each row of a query.

    :param pattern: the row of a record, by :func:`read`
    :param source: a query; its columns are ``row.…`` in the values, and those of the pattern ``pattern.…``
    :param values: SQL by column, for the columns that differ from the pattern's
    :return: how many were inserted
    :raises KeyError: for a column that the table does not have
    """
    env.cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    columns = [name for (name,) in env.cr.fetchall()]
    if unknown := values.keys() - set(columns):
        raise KeyError(f"{table} has no column {', '.join(sorted(unknown))}")
    selected = ", ".join(f'{values[name]} AS "{name}"' if name in values else f'pattern."{name}"' for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    env.cr.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {selected}'
        f' FROM jsonb_populate_record(NULL::"{table}", %s::jsonb) AS pattern, ({source}) AS row',
        [pattern],
    )
    return int(env.cr.rowcount)
