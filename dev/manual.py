"""``make manual``: which numbers of the two user manuals are shown by which tests, and which are not yet.

A test says what it shows: ``@pytest.mark.manual("S8")`` on it, ``pytestmark = pytest.mark.manual("S8")`` for its file,
or a step of ``tests/manual/``, ``with step("S8", ...)``. Nothing is run: whether the tests pass, ``make test`` says.
"""

import ast
from collections.abc import Iterator

from dev.paths import ROOT
from dev.problem import Problem
from dev.progress import say

NUMBERS = {
    "S1": "Video is peer to peer, on nearly every device and browser",
    "S2": "Vet and owner both share their screen",
    "S3": "Both attach images, videos and documents",
    "S4": "A consultation is recorded",
    "S5": "Summaries of earlier meetings stand at the bottom of the consultation",
    "S6": "Charge, when finished, bills the client and moves the money",
    "S7": "Open and Locked: whether the owner goes on writing after the end",
    "S8": "Claimed and Available",
    "S9": "Cancel mails the client and encourages booking another",
    "S10": "Switch to Phone calls the vet, then bridges in the client",
    "S11": "Start Consultation; the owner appears by themselves",
    "S12": "The shared screen stands below the video",
    "S13": "The vet attaches prescriptions, also on paper, and quotes",
    "S14": "View plays the recording within 10 minutes of the end; it can be downloaded",
    "S15": "The notes of each consultation stand at the bottom of the room",
    "S16": "Done: hang up, note, lock, charge",
    "A1": "Both put live-taken or recorded videos into the thread",
    "A2": "The practice sees the thread in its dashboard, the owner in theirs",
    "A3": "Nobody is tied to an appointment",
    "A4": "The vet stops, freezes and zooms in on frames of videos and photos",
    "A5": "No high bandwidth on either side",
    "A6": "The video stays in the conversation and is found again, by both",
    "A7": "A video may be 200 MB, about 30 minutes",
    "A8": "Files go through a cloud store",
    "A9": "The transcript PDF gives access to the video at any time",
    "A10": "At the end the practice downloads or mails a PDF whose links stay active",
    "A11": "The PDF lies on the patient's record; the practice's server carries no videos",
    "A12": "Where real-time video is needed, the same product has it",
    "A13": "The practice charges for a chat",
}

FOLDERS = ("tests", "media_sidecar/tests")


def shown() -> dict[str, list[str]]:
    """Return the tests that show each number, by number; numbers without any are there too.

    :raises Problem: for a number that neither manual has
    """
    found: dict[str, list[str]] = {number: [] for number in NUMBERS}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("test_*.py")):
            for number, test in read(path.read_text()):
                if number not in NUMBERS:
                    raise Problem(f"{path.relative_to(ROOT)}: neither manual has a number {number}.")
                found[number].append(f"{path.relative_to(ROOT)}{test and '::'}{test}")
    return {number: list(dict.fromkeys(tests)) for number, tests in found.items()}


def read(source: str) -> Iterator[tuple[str, str]]:
    """Yield the numbers that a file of tests names, each with the test's name, or nothing for the whole file."""
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef):
            for node in ast.walk(statement):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ("pytest.mark.manual", "step"):
                    numbers = node.args if ast.unparse(node.func) != "step" else node.args[:1]
                    yield from ((str(ast.literal_eval(number)), statement.name) for number in numbers)
        elif isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pytestmark":
            for node in ast.walk(statement.value):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.manual":
                    yield from ((str(ast.literal_eval(number)), "") for number in node.args)


def tell() -> None:
    """Print every number with what shows it, and the numbers that nothing shows."""
    found = shown()
    for number, tests in found.items():
        say(f"{number:4} {NUMBERS[number]}")
        for test in tests:
            say(f"       {test}")
    missing = [number for number, tests in found.items() if not tests]
    say("")
    say(f"{len(found) - len(missing)} of {len(found)} are shown. Not yet: {', '.join(missing) or 'none'}.")
