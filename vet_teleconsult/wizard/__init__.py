from . import vet_consultation_cancel
