"""What the tests of chats share: a conversation, and clips to put into it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import make_owner, make_vet
from tests.support import clips
from tests.support.browser import Browsers, Owner, Person, Vet
from tests.support.chat import Conversation
from tests.support.stack import VET, Stack


@pytest.fixture
def conversation(clinic: Stack, vet: Vet, owner: Owner) -> Conversation:
    """A chat that both have open, of one test alone."""
    return Conversation(clinic, clinic.chat(claimed_by=VET), vet, owner).begin()


@pytest.fixture(scope="module")
def shared_conversation(clinic: Stack, browsers: Browsers, people_of_module: Callable[..., Person]) -> Conversation:
    """A chat that the tests of one file share."""
    vet, owner = make_vet(clinic, browsers, people_of_module), make_owner(browsers, people_of_module)
    return Conversation(clinic, clinic.chat(claimed_by=VET), vet, owner).begin()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds as a phone films them, each frame with its number in it."""
    return clips.numbered(tmp_path_factory.mktemp("clips") / "limping.mp4", frames=60)


@pytest.fixture(scope="session")
def large_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 40 MB, so that its upload takes several chunks."""
    return clips.padded(clips.numbered(tmp_path_factory.mktemp("clips") / "long.mp4", frames=60), 40_000_000)


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A phone's photo."""
    return clips.photo(tmp_path_factory.mktemp("clips") / "paw.jpg")
