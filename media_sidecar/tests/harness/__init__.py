"""What the tests stand on: a stand-in for Odoo, a sidecar on a free port, a browser's socket."""
