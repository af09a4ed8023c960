"""Where things are: the checkout and its git-ignored cache."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout."""

CACHE = Path(os.environ.get("VET_CACHE") or ROOT / ".cache").resolve()
"""Everything that is installed or generated; ``VET_CACHE`` moves it."""

STAMPS = CACHE / "stamps"
LOGS = CACHE / "logs"
ENVIRONMENTS = CACHE / "venv"
REQUIREMENTS = ROOT / "requirements"
ADDON = ROOT / "vet_teleconsult"
SIDECAR = ROOT / "media_sidecar"
