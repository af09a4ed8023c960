"""The zoo's files, each made once, and a keeper who has them looked at."""

from pathlib import Path

import pytest
from harness.odoo import OdooStandIn
from harness.sidecar import settings_for

from media_sidecar.config import Settings
from media_sidecar.processing import HEAD_BYTES, Sniffed, sniff
from media_sidecar.processing.jobs import Inspection, InspectJob, Rendered, RenderJob, Unusable
from media_sidecar.processing.workshop import Limits, Workshop

from .film import Film, make
from .zoo import ZOO


class Keeper:
    """Has files looked at as the service does, each once.

    :param folder: where they are made
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._inspections: dict[str, Inspection | Unusable] = {}
        self._renditions: dict[str, Rendered] = {}

    def file(self, name: str) -> Path:
        """The file, in a folder of its own."""
        path = self._folder / name.replace(".", "-") / name
        if not path.exists():
            path.parent.mkdir(parents=True)
            ZOO[name].make(path)
        return path

    def work_of(self, name: str, what: str) -> Path:
        """What a worker made of it."""
        return self.file(name).parent / "work" / what

    def sniff(self, name: str) -> Sniffed:
        with self.file(name).open("rb") as file:
            return sniff(file.read(HEAD_BYTES), name, ZOO[name].declared, [])

    async def inspect(self, name: str) -> Inspection:
        """What a worker says of it."""
        if name not in self._inspections:
            folder = self.work_of(name, ".")
            folder.mkdir(exist_ok=True)
            job = InspectJob(str(self.file(name)), str(folder), self.sniff(name))
            try:
                self._inspections[name] = await Workshop(Limits()).inspect(job)
            except Unusable as problem:
                self._inspections[name] = problem
        found = self._inspections[name]
        if isinstance(found, Unusable):
            raise found
        return found

    async def render(self, name: str) -> Rendered:
        """Its rendition."""
        if name not in self._renditions:
            found = await self.inspect(name)
            assert found.plan is not None
            sniffed = Sniffed(found.kind, found.mime, found.extension)
            source, folder = str(self.file(name)), str(self.work_of(name, "."))
            self._renditions[name] = await Workshop(Limits()).render(
                RenderJob(source, folder, sniffed, found.plan, found.duration), _ignore
            )
        return self._renditions[name]


async def _ignore(percent: int) -> None:
    """Nobody looks."""


@pytest.fixture(scope="session")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> Keeper:
    return Keeper(tmp_path_factory.mktemp("zoo"))


@pytest.fixture(scope="session")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film that takes a while to encode."""
    film = Film(codec="mjpeg", pixel_format="yuvj420p", size=(1280, 720), frames=150, sound=None)
    return make(film, tmp_path_factory.mktemp("long") / "long.mov")


@pytest.fixture
def settings(tmp_path: Path, odoo: OdooStandIn) -> Settings:
    return settings_for(tmp_path / "data", odoo)
