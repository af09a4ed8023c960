#!/usr/bin/env python3
"""Odoo's command line, as a script, which its workers need (see ``dev.odoo.command``)."""

import sys

# Odoo must not see this folder's modules (test, odoo) before its own.
sys.path[:] = [entry for entry in sys.path if entry != sys.path[0]]

import odoo.cli  # type: ignore[import-not-found]  # noqa: E402

if __name__ == "__main__":
    odoo.cli.main()
