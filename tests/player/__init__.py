"""The recording player alone, in a real browser, on real files: no Odoo, no media service."""
