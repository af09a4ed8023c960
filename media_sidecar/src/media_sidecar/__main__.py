"""``python -m media_sidecar``."""

import sys

from .cli import main

sys.exit(main())
