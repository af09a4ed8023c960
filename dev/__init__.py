"""The development environment: everything that ``make`` calls, from a clean clone to a running clinic.

Runs on the standard library alone, because it is what installs all the rest: ``python3 -m dev --help``.
"""
