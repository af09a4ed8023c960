"""The uploader alone, in a real browser, against the real media service; Odoo's few answers come from the test."""
