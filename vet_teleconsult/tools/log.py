"""What Odoo's log of requests must not say: the tokens in our addresses open rooms, chats and files."""

import logging
import re

_TOKEN = re.compile(
    r"(/vet/(?:room|chat|clip|media|booking|book/confirm)/\d+/|/vet/book/again/|[?&]access_token=)[\w.=-]+"
)


class TokenFilter(logging.Filter):
    """Takes the tokens out of addresses."""

    def filter(self, record):
        """Let every record pass, without its tokens.

        :param logging.LogRecord record: a line of the log
        :rtype: bool
        """
        message = record.getMessage()
        clean = _TOKEN.sub(r"\1[token]", message)
        if clean != message:
            record.msg, record.args = clean, ()
        return True


# Where both of Odoo's servers, threaded and evented, tell of each request.
logging.getLogger("werkzeug").addFilter(TokenFilter())
