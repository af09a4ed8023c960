"""``make test``: every test that there is, each part in its own environment, one line at the end."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from dev import database, environments, odoo, postgres, process
from dev.paths import CACHE, ROOT
from dev.problem import Problem
from dev.progress import say
from dev.service import free_port

REPORTS = CACHE / "reports"


@dataclass
class Count:
    """Numbers of tests; a skipped test proves nothing and counts as failed."""

    passed: int = 0
    failed: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed)

    @property
    def is_good(self) -> bool:
        """Whether something ran and nothing failed."""
        return self.passed > 0 and self.failed == 0

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed"


def read_report(path: Path, status: int) -> Count:
    """Return the counts of a JUnit report.

    :param status: pytest's exit status; one that is not 0 means at least one failure, whatever the report says
    """
    count = Count()
    if path.is_file():
        # A test with subtests has a case for each of them, and one for itself: together they are one test.
        good: dict[tuple[str | None, str | None], bool] = {}
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            test = (case.get("classname"), case.get("name"))
            bad = any(case.find(outcome) is not None for outcome in ("failure", "error", "skipped"))
            good[test] = good.get(test, True) and not bad
        count = Count(sum(good.values()), len(good) - sum(good.values()))
    if status and not count.failed:
        count.failed = 1
    return count


@dataclass(frozen=True)
class Prepared:
    """What a part's tests find when they run.

    :param options: more of pytest's options
    :param variables: environment variables of these tests alone: the next part must not find them, or it would
        take the embedded PostgreSQL for the machine's own and not start it
    """

    options: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def _plain() -> Iterator[Prepared]:
    yield Prepared()


@contextmanager
def _installed_addon() -> Iterator[Prepared]:
    """A clone of the prebuilt database for Odoo's own test classes, and a configuration with a free port."""
    name = f"vet_test_{os.getpid()}"
    configuration = CACHE / f"odoo-{name}.conf"
    with postgres.running() as server:
        database.clone(database.template(), name)
        configuration.write_text(odoo.configure().read_text() + f"http_port = {free_port()}\n")
        try:
            options = (f"--odoo-database={name}", f"--odoo-config={configuration}", "--odoo-http")
            yield Prepared(options, server)
        finally:
            database.drop(name)
            configuration.unlink()


@dataclass(frozen=True)
class Part:
    """Tests that run together.

    :param environment: the Python environment that they run in
    :param folder: the folder that pytest runs in, relative to the checkout
    :param tests: the tests' folder, relative to ``folder``
    :param prepared: what must be there while they run
    :param options: more of pytest's options
    """

    environment: str
    folder: str
    tests: str
    prepared: Callable[[], AbstractContextManager[Prepared]] = _plain
    options: tuple[str, ...] = ()


# These mostly wait, for browsers, calls and files. Files of tests stay together, since they share what is costly.
# A test that would wait for ever fails after a quarter of an hour, and the others still run.
SIDE_BY_SIDE = ("--numprocesses=2", "--dist=loadfile", "--timeout=900")

PARTS = {
    "dev": Part("tools", ".", "dev/tests"),
    "sidecar": Part("sidecar", "media_sidecar", "tests", options=SIDE_BY_SIDE),
    "addon": Part("odoo", ".", "vet_teleconsult/tests", _installed_addon),
    "stack": Part("tools", ".", "tests", options=(*SIDE_BY_SIDE, "--ignore=tests/calls")),
    # What a recording keeps of a call is measured: these have the machine to themselves.
    "calls": Part("tools", ".", "tests/calls", options=("--timeout=900",)),
}


def run(only: str | None = None, arguments: tuple[str, ...] = ()) -> Count:
    """Run the parts and print their counts; the last line is the sum.

    :param only: names of parts, commas between; all of them by default
    :param arguments: more of pytest's arguments, for each part
    """
    names = only.split(",") if only else list(PARTS)
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise Problem(f"ONLY={','.join(unknown)} is no part of the tests: it is one of {', '.join(PARTS)}.")
    counts: dict[str, Count] = {}
    for name in names:
        say(f"== {name}")
        counts[name] = _run_part(name, PARTS[name], arguments)
    say("")
    for name, count in counts.items():
        say(f"   {name:8} {count.passed:5} passed {count.failed:5} failed")
    total = sum(counts.values(), Count())
    say(str(total))
    return total


def _run_part(name: str, part: Part, arguments: tuple[str, ...]) -> Count:
    report = REPORTS / f"{name}.xml"
    REPORTS.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    with part.prepared() as prepared:
        command = [str(environments.python(part.environment)), "-m", "pytest", part.tests, "-p", "no:cacheprovider"]
        command += [f"--junitxml={report}", "-q", *part.options, *prepared.options, *arguments]
        done = process.run(
            command,
            signal.SIGINT,
            cwd=ROOT / part.folder,
            env=os.environ | prepared.variables,
            stdin=subprocess.DEVNULL,
        )
    return read_report(report, done.returncode)
