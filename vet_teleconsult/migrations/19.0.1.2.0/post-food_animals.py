"""Species that people eat of: known since prescriptions ask for a withdrawal period."""

from odoo import SUPERUSER_ID, api

CODES = (
    "alpaca",
    "cattle",
    "chicken",
    "donkey",
    "duck",
    "goat",
    "goose",
    "horse",
    "llama",
    "pig",
    "sheep",
    "turkey",
)


def migrate(cr, version):
    """Mark the species that new databases have marked from the start, and their patients.

    :param Cursor cr: of the upgrade
    :param str version: from which it is upgraded
    """
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False, "tracking_disable": True})
    species = env["vet.species"].search([("code", "in", CODES)])
    species.is_food_animal = True
    env["vet.patient"].search([("species_id", "in", species.ids)]).is_food_animal = True
