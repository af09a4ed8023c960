"""How a page's question is answered when it cannot be: with words for people, never with a traceback."""

from odoo.exceptions import AccessError, UserError
from odoo.http import request

from ..tools.room_error import RoomError, get_room_error


def answer(method):
    """Let a model do what a page asks, and put a refusal into words.

    :param method: called without parameters
    :return: what the method gives, or a dict with the key ``error``: ``code``, ``message`` and ``next_step``
    """
    try:
        return method()
    except RoomError as error:
        # Odoo commits what a route leaves behind; a refusal must leave nothing.
        request.env.cr.rollback()
        return {"error": error.values}
    except AccessError:
        request.env.cr.rollback()
        return {"error": get_room_error(request.env, "access_denied").values}
    except UserError as error:
        request.env.cr.rollback()
        return {"error": get_room_error(request.env, "invalid", str(error)).values}
