"""How a benchmark is asked and how it answers.

A script is run as ``bench/NAME.py [--quick] [--json]`` or with ``QUICK=1 JSON=1`` in its environment. It measures
itself and its peer in one run and ends with :func:`report`, which prints a line a case, with ``--json`` one JSON object
as the last line, and exits with 1 where a target is missed.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Options:
    """What was asked for.

    :param quick: be done within a minute
    :param json: end with a JSON object
    """

    quick: bool
    json: bool


@dataclass(frozen=True)
class Case:
    """One comparison, in which less is better.

    :param ours: our measurement; ``peer`` likewise
    :param target: what peer divided by ours must reach
    """

    name: str
    ours: float
    peer: float
    target: float

    @property
    def ratio(self) -> float:
        return self.peer / self.ours if self.ours else float("inf")

    @property
    def holds(self) -> bool:
        return self.ratio >= self.target


def options(description: str | None = None, arguments: Sequence[str] | None = None) -> Options:
    """Read the command line and the environment."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", default=_is_set("QUICK"), help="be done within a minute")
    parser.add_argument("--json", action="store_true", default=_is_set("JSON"), help="end with a JSON object")
    asked = parser.parse_args(arguments)
    return Options(asked.quick, asked.json)


def report(name: str, unit: str, cases: Sequence[Case], asked: Options, missing: Sequence[str] = ()) -> None:
    """Print the result and exit: 0 if every case holds and every peer was there, 1 if not.

    The JSON object shows the case with the least room to its target, and all of them under ``cases``.

    :param unit: of what was measured, such as ``CPU s per media s``
    :param missing: peers that could not be measured, with which nothing is shown to hold
    """
    for case in cases:
        verdict = "holds" if case.holds else "MISSED"
        print(
            f"{case.name:<46} ours {case.ours:.4g}, peer {case.peer:.4g} {unit}: "
            f"{case.ratio:.1f} times (target {case.target:g}) {verdict}"
        )
    for peer in missing:
        print(f"{peer:<46} not measured: MISSED")
    holds = bool(cases) and all(case.holds for case in cases) and not missing
    if asked.json:
        tightest = min(cases, key=lambda case: case.ratio / case.target)
        details = [{**asdict(case), "ratio": round(case.ratio, 2), "holds": case.holds} for case in cases]
        result = {
            "name": name,
            "ours": round(tightest.ours, 5),
            "peer": round(tightest.peer, 5),
            "unit": unit,
            "ratio": round(tightest.ratio, 2),
            "target": f">= {tightest.target:g} ({tightest.name})",
            "holds": holds,
            "cases": details,
            "missing": list(missing),
        }
        print(json.dumps(result))
    sys.exit(0 if holds else 1)


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0")
