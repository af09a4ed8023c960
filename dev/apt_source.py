"""Apt sources of the distribution's development suite, derived from the machine's own sources.

Odoo 19 is packaged in Debian's ``sid`` and Ubuntu's ``devel``. The machine's mirror, components and keys are
reused, so that whatever reaches its packages reaches these; the machine's own lists are not touched.
Formats: sources.list(5).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

DEVELOPMENT_SUITES = {"debian": "sid", "ubuntu": "devel"}
_POCKET = re.compile(r"[-/](security|updates|backports|proposed|proposed-updates)\b")


@dataclass(frozen=True)
class Source:
    """One entry of an apt source: addresses, suites, components and the options that go with them."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()

    def stanza(self) -> str:
        """Return the entry in the deb822 format."""
        lines = [
            "Types: deb",
            f"URIs: {' '.join(self.uris)}",
            f"Suites: {' '.join(self.suites)}",
            f"Components: {' '.join(self.components)}",
            *(f"{name}: {value}" for name, value in self.options),
        ]
        return "\n".join(lines) + "\n"


def parse_deb822(text: str) -> Iterator[Source]:
    """Yield the enabled binary entries of a ``.sources`` file."""
    for paragraph in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = {}
        name = ""
        for line in paragraph.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if line[0] in " \t" and name:
                fields[name] += "\n" + line.rstrip()
                continue
            key, _, value = line.partition(":")
            name = key.strip().lower()
            fields[name] = value.strip()
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() == "no":
            continue
        options = tuple(
            (label, fields[label.lower()])
            for label in ("Signed-By", "Architectures", "Trusted")
            if fields.get(label.lower())
        )
        yield Source(
            tuple(fields.get("uris", "").split()),
            tuple(fields.get("suites", "").split()),
            tuple(fields.get("components", "").split()),
            options,
        )


def parse_one_line(text: str) -> Iterator[Source]:
    """Yield the binary entries of a ``.list`` file."""
    labels = {"signed-by": "Signed-By", "arch": "Architectures", "trusted": "Trusted"}
    for line in text.splitlines():
        entry = re.match(r"\s*deb\s+(?:\[([^]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)", line)
        if not entry:
            continue
        given = dict(option.partition("=")[::2] for option in (entry[1] or "").split())
        options = tuple((labels[name], value.replace(",", " ")) for name, value in given.items() if name in labels)
        yield Source((entry[2],), (entry[3],), tuple(entry[4].split()), options)


def development_source(sources: Iterable[Source], distribution: str, codename: str) -> Source | None:
    """Return the distribution's own archive with its development suite, or None where there is none.

    :param sources: the machine's sources, in their order
    :param distribution: ``ID`` (or the known one of ``ID_LIKE``) of os-release(5)
    :param codename: ``VERSION_CODENAME`` of os-release(5), or empty on a rolling release
    """
    suite = DEVELOPMENT_SUITES[distribution]
    releases = {codename, suite, "stable", "testing", "unstable", "sid"} - {""}
    for source in sources:
        main = [name for name in source.suites if not _POCKET.search(name)]
        if "main" in source.components and any(name in releases for name in main):
            components = source.components
            if distribution == "ubuntu" and "universe" not in components:
                components += ("universe",)
            return replace(source, suites=(suite,), components=components)
    return None
