"""The version of the service and of what it says to Odoo and to browsers."""

VERSION = "0.1.0"
PROTOCOL = 1
