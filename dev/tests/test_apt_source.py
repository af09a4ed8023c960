"""The development suite is found through the machine's own source, whatever its distribution and format."""

import pytest

from dev.apt_source import Source, development_source, parse_deb822, parse_one_line

DEBIAN = """\
Types: deb
# A comment between the fields.
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""

UBUNTU = """\
Types: deb
URIs: http://mirror.example/ubuntu/
Suites: noble noble-updates noble-backports
Components: main restricted
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg

Types: deb
URIs: http://security.example/ubuntu/
Suites: noble-security
Components: main restricted universe
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
"""

ONE_LINE = """\
# deb cdrom:[Debian] bookworm main
deb [arch=amd64 signed-by=/etc/apt/keyrings/vendor.gpg] https://vendor.example/apt stable main
deb [signed-by=/etc/apt/keyrings/debian.gpg arch=amd64,arm64] http://mirror.example/debian bookworm main contrib # own
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian-security bookworm-security main
"""


def test_debians_deb822_source_becomes_sid_with_the_same_mirror_and_key():
    source = development_source(parse_deb822(DEBIAN), "debian", "bookworm")
    assert source is not None
    assert source.stanza() == (
        "Types: deb\n"
        "URIs: http://mirror.example/debian\n"
        "Suites: sid\n"
        "Components: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )


def test_ubuntus_deb822_source_becomes_devel_and_gains_universe():
    source = development_source(parse_deb822(UBUNTU), "ubuntu", "noble")
    assert source is not None
    assert source.uris == ("http://mirror.example/ubuntu/",)
    assert source.suites == ("devel",)
    assert source.components == ("main", "restricted", "universe")


def test_a_one_line_source_keeps_its_options_and_drops_its_comment():
    sources = list(parse_one_line(ONE_LINE))
    assert len(sources) == 3
    assert sources[1] == Source(
        ("http://mirror.example/debian",),
        ("bookworm",),
        ("main", "contrib"),
        (("Signed-By", "/etc/apt/keyrings/debian.gpg"), ("Architectures", "amd64 arm64")),
    )


def test_a_security_entry_is_never_taken_for_the_archive():
    security = [source for source in parse_deb822(DEBIAN) if "security" in source.suites[0]]
    assert len(security) == 1
    assert development_source(security, "debian", "bookworm") is None


def test_a_vendors_own_repository_is_never_taken_for_the_archive():
    vendor = parse_one_line("deb https://vendor.example/apt cloud-bookworm main")
    assert development_source(vendor, "debian", "bookworm") is None


def test_a_disabled_entry_is_left_alone():
    assert list(parse_deb822("Enabled: no\n" + DEBIAN.split("\n\n")[0])) == []


def test_an_entry_for_source_packages_alone_is_left_alone():
    assert list(parse_deb822(DEBIAN.split("\n\n")[0].replace("Types: deb", "Types: deb-src"))) == []


def test_a_key_that_stands_in_the_source_itself_is_kept_line_by_line():
    key = "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END PGP PUBLIC KEY BLOCK-----"
    text = f"Types: deb\nURIs: http://mirror.example/debian\nSuites: trixie\nComponents: main\n{key}\n"
    source = development_source(parse_deb822(text), "debian", "trixie")
    assert source is not None
    assert next(parse_deb822(source.stanza())).options == source.options
    assert " mQINBF" in source.stanza().splitlines()


@pytest.mark.parametrize("suite", ["sid", "testing", "stable"])
def test_a_rolling_debian_without_codename_is_recognised(suite):
    text = f"deb http://mirror.example/debian {suite} main"
    source = development_source(parse_one_line(text), "debian", "")
    assert source is not None
    assert source.suites == ("sid",)
