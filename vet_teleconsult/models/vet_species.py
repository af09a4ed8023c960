from odoo import fields, models


class VetSpecies(models.Model):
    _name = "vet.species"
    _description = "Species"
    _order = "sequence, name"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short stable name, for imports and integrations.")
    sequence = fields.Integer(default=50)
    active = fields.Boolean(default=True)
    is_food_animal = fields.Boolean(
        string="Food Animal", help="People eat of it: prescriptions need a withdrawal period."
    )
    breed_ids = fields.One2many("vet.breed", "species_id", string="Breeds")

    _code_uniq = models.Constraint("UNIQUE(code)", "Another species has this code already.")
