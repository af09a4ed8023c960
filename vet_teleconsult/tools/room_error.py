"""Why somebody cannot enter a room or do something in it, in words that an owner understands."""

from .media_types import format_size


class RoomError(Exception):
    """A refusal that the room's page shows.

    :param str code: for the page, one of those of :func:`get_room_error`
    :param str message: what is the matter
    :param str next_step: what the person can do about it
    """

    def __init__(self, code, message, next_step):
        super().__init__(code)
        self.code = code
        self.values = {"code": code, "message": message, "next_step": next_step}


def get_room_error(env, code, detail=None):
    """Put a refusal into words.

    :param Environment env: with the language of the person
    :param str code: ``link_expired``, ``link_revoked``, ``cancelled``, ``finished``, ``no_sidecar``, ``access_denied``,
        ``chat_locked``, ``empty``, ``too_large``, ``too_many``, ``draft_full``, ``draft_chat``, ``wrong_type``,
        ``media_deleted``, ``media_pending``, ``media_failed``, ``transcript_pending`` or ``invalid``
    :param detail: what is known beyond the code: the reason of a cancellation, what was invalid, the name of a file,
        its size with the limit in bytes
    :rtype: RoomError
    """
    match code:
        case "link_expired":
            message = env._("This link has expired.")
            next_step = env._("Ask the clinic for a new link.")
        case "link_revoked":
            message = env._("The clinic has withdrawn this link.")
            next_step = env._("Look for a newer message from the clinic, or ask them for a new link.")
        case "cancelled":
            message = env._("This consultation does not take place.")
            if detail:
                message = f"{message} {detail}"
            next_step = env._("Call the clinic to find another time.")
        case "finished":
            message = env._("This consultation is over.")
            next_step = env._("If there is anything else, write to the clinic or call.")
        case "no_sidecar":
            message = env._("The video service of the clinic is not set up.")
            next_step = env._("Call the clinic.")
        case "chat_locked":
            message = env._("The clinic has closed this conversation.")
            next_step = env._("You can still read it. If something is urgent, call the clinic.")
        case "empty":
            message = env._("The file is empty.")
            next_step = env._("Choose it again, or record it again.")
        case "too_large":
            size, limit = detail
            message = env._(
                "The file is too large: %(size)s. The clinic takes up to %(limit)s.",
                size=format_size(size),
                limit=format_size(limit),
            )
            next_step = env._("Send a shorter video, or one of lower quality.")
        case "too_many":
            message = env._("Too many of your files here have been begun and have not arrived yet.")
            next_step = env._("Wait until some have arrived, or cancel those that you no longer want to send.")
        case "draft_full":
            message = env._("This is all that can be sent before the booking is finished.")
            next_step = env._("Finish the booking. After that you can send more.")
        case "draft_chat":
            message = env._("This booking is not finished: nobody would read your message yet.")
            next_step = env._("Finish the booking, and write what it is about there.")
        case "wrong_type":
            message = env._("“%(name)s” is of a type that is not taken here.", name=detail)
            next_step = env._("Send a photo, a video, a sound recording or a PDF.")
        case "media_deleted":
            message = env._("The clinic no longer keeps this file.")
            next_step = env._("Ask the clinic if you need it.")
        case "media_pending":
            message = env._("This file is not in the media store (yet).")
            next_step = env._("Try again in a minute.")
        case "media_failed":
            message = detail or env._("The file could not be prepared.")
            next_step = env._("Ask the clinic, or send it again.")
        case "transcript_pending":
            message = env._("The transcript is still being made.")
            next_step = env._("Try again in a minute.")
        case "invalid":
            message = detail or env._("That did not work.")
            next_step = env._("Reload the page and try again.")
        case _:
            message = env._("This link is not complete, or has been replaced by a newer one.")
            next_step = env._("Open the link from the clinic's newest message, or ask them for a new one.")
    return RoomError(code, message, next_step)
