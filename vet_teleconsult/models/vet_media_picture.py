import io
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from PIL import Image, ImageOps

from odoo import models

_logger = logging.getLogger(__name__)

AT_ONCE = 4
TIMEOUT = 10  # seconds: to connect, and between two pieces
BUDGET = 40  # seconds for all pictures of one document; with wkhtmltopdf's own it stays below a worker's 120
MAX_BYTES = 30 * 1024**2
MAX_PIXELS = 60_000_000
PRINTABLE = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp")
SIDE = {"still": 1400, "photo": 1000}
POSTER_SIDE = 480
QUALITY = 82


class VetMedia(models.Model):
    """The pictures of files, fetched from the media service to be printed."""

    _inherit = "vet.media"

    # === BUSINESS METHODS === #

    def _fetch_pictures(self):
        """Fetch a picture of each file that has one, small enough to be printed.

        A media service that is away or slow costs its pictures, and nothing else.

        :return: JPEG for each file; False where there is one that could not be had, None where there is none
        :rtype: dict[vet.media, bytes | bool | None]
        """
        jobs = {media: media._get_picture_address() for media in self}
        fetcher = Fetcher()
        wanted = [media for media, address in jobs.items() if address]
        addresses = [jobs[media] for media in wanted]
        sides = [SIDE.get(media.kind, POSTER_SIDE) for media in wanted]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            fetched = list(pool.map(fetcher.fetch, addresses, sides))
        return dict.fromkeys(self) | {media: content or False for media, content in zip(wanted, fetched, strict=True)}

    def _get_picture_address(self):
        """Give the address at which Odoo itself gets the file's picture.

        Note: self.ensure_one()

        :return: the address, or None when the file has no picture
        :rtype: str | None
        """
        self.ensure_one()
        if self.state != "ready":
            return None
        key, mime = self.poster_key, "image/jpeg"
        if self.kind in SIDE and self.mime in PRINTABLE and self.size <= MAX_BYTES:
            key, mime = self.store_key, self.mime
        elif self.kind in SIDE and self.rendition_state == "ready":
            key, mime = self.rendition_key, self.rendition_mime
        if not key:
            return None
        sidecar = self.sidecar_id
        return (sidecar.command_url or sidecar.url) + sidecar._get_media_path(key, "inline", self.name, mime, True)


class Fetcher:
    """Fetches pictures within a budget of time, and asks nobody again who did not answer at all.

    It knows no records, so that several can be fetched at once; of a picture that is done, only its JPEG is kept.
    """

    def __init__(self):
        self.deadline = time.monotonic() + BUDGET
        self.away = set()
        # A decoded picture is large: there is never more than one.
        self.decoding = threading.Lock()

    def fetch(self, url, side):
        """Fetch one picture, and make it small.

        :param str url: with its ticket
        :param int side: pixels of the longer side at most
        :return: a JPEG, or None when it cannot be had or read
        :rtype: bytes | None
        """
        content = self._download(url)
        if not content:
            return None
        with self.decoding:
            return shrink(content, side)

    def _download(self, url):
        host = url.split("?")[0].split("/media/")[0]
        if host in self.away or time.monotonic() > self.deadline:
            return None
        try:
            with requests.get(url, timeout=TIMEOUT, stream=True) as response:
                response.raise_for_status()
                return self._read(response)
        except requests.ConnectionError:
            self.away.add(host)
            _logger.warning("The media service at %s does not answer: pictures are missing", host)
        except requests.RequestException as error:
            # The address holds a ticket: only the kind of the failure is written down.
            _logger.warning("A picture could not be fetched from %s: %s", host, type(error).__name__)
        return None

    def _read(self, response):
        content = bytearray()
        for piece in response.iter_content(64 * 1024):
            content += piece
            if len(content) > MAX_BYTES or time.monotonic() > self.deadline:
                return None
        return bytes(content)


def shrink(content, side):
    """Make a JPEG of a picture that is not larger than needed on paper, upright.

    :param bytes content: a picture
    :param int side: pixels of the longer side at most
    :return: the JPEG, or None when the picture cannot be read
    :rtype: bytes | None
    """
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > MAX_PIXELS:
                return None
            image.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((side, side))
            if upright.mode in ("RGBA", "LA", "P"):
                # Paper is white.
                layer = upright.convert("RGBA")
                upright = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
            result = io.BytesIO()
            upright.convert("RGB").save(result, "JPEG", quality=QUALITY)
            return result.getvalue()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        _logger.info("A picture could not be read: %s", error)
        return None
