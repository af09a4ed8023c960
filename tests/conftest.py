"""What all tests of the whole stack share: one driver of browsers, one clinic, two people."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Playwright, sync_playwright

from dev.testing import REPORTS
from tests.support import footage, stack
from tests.support.browser import PHONE, Browsers, Owner, Person, Vet
from tests.support.call import Call

_open_windows: list[Person] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failure what each person had on the screen and what their browser said."""
    report = yield
    if report.failed:
        folder = REPORTS / "screens"
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9]+", "-", item.nodeid)
        for number, person in enumerate(_open_windows):
            with suppress(Error):
                report.sections.append((f"{type(person).__name__} sees", person.screen(folder / f"{name}{number}.png")))
    return report


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        running.selectors.set_test_id_attribute("data-test")
        yield running


@pytest.fixture(scope="session")
def browsers(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browsers]:
    running = Browsers(playwright, tmp_path_factory.mktemp("footage"))
    yield running
    running.close()


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stack.Stack]:
    with stack.running(tmp_path_factory.mktemp("clinic")) as running:
        yield running


@pytest.fixture
def people(request: pytest.FixtureRequest) -> Iterator[Callable[..., Person]]:
    """Opens windows of people; all are closed at the end, and none may have met an error in its page."""
    yield from _people()


@pytest.fixture(scope="module")
def people_of_module() -> Iterator[Callable[..., Person]]:
    """Windows that all tests of a file share."""
    yield from _people()


def _people() -> Iterator[Callable[..., Person]]:
    opened: list[Person] = []

    def open_window(kind: type[Person], *arguments: Any, **keywords: Any) -> Person:
        opened.append(kind.at(*arguments, **keywords))
        _open_windows.append(opened[-1])
        return opened[-1]

    yield open_window
    for person in opened:
        person.close()
        _open_windows.remove(person)
    assert [error for person in opened for error in person.errors] == []


def make_vet(
    clinic: stack.Stack, browsers: Browsers, people: Callable[..., Person], login: str = stack.VET, **context: Any
) -> Vet:
    window = people(Vet, browsers.with_footage(footage.VET), footage.VET, **context)
    assert isinstance(window, Vet)
    return window.log_in(clinic, login)


def make_owner(browsers: Browsers, people: Callable[..., Person], **context: Any) -> Owner:
    window = people(Owner, browsers.with_footage(footage.OWNER), footage.OWNER, **({"viewport": PHONE} | context))
    assert isinstance(window, Owner)
    return window


@pytest.fixture
def vet(clinic: stack.Stack, browsers: Browsers, people: Callable[..., Person]) -> Vet:
    """A vet who is signed in."""
    return make_vet(clinic, browsers, people)


@pytest.fixture
def owner(browsers: Browsers, people: Callable[..., Person]) -> Owner:
    """An owner with a phone."""
    return make_owner(browsers, people)


@pytest.fixture
def call(clinic: stack.Stack, vet: Vet, owner: Owner) -> Call:
    """A call that is going on, of one test alone."""
    return Call(clinic, clinic.consultation(), vet, owner).begin()


@pytest.fixture(scope="module")
def shared_call(clinic: stack.Stack, browsers: Browsers, people_of_module: Callable[..., Person]) -> Call:
    """A call that the tests of one file share; each leaves it as it found it."""
    vet, owner = make_vet(clinic, browsers, people_of_module), make_owner(browsers, people_of_module)
    return Call(clinic, clinic.consultation(), vet, owner).begin()
