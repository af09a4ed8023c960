from odoo import fields, models


class VetBreed(models.Model):
    _name = "vet.breed"
    _description = "Breed"
    _order = "species_id, name"

    name = fields.Char(required=True, translate=True)
    species_id = fields.Many2one("vet.species", required=True, index=True, ondelete="restrict")
    active = fields.Boolean(default=True)
