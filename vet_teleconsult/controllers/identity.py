"""Who asks, for routes that belong to vets."""

from odoo.http import request

from ..tools.room_error import get_room_error


def find_for_vet(consultation_id):
    """Find a consultation for the vet who is signed in, whichever of their companies they work in at the moment.

    :param consultation_id: from a page
    :rtype: vet.consultation
    :raises RoomError: when nobody is signed in who may see it
    """
    user = request.env.user
    # Whoever works in one of their companies may be shown a room of another of them.
    consultation_model = request.env["vet.consultation"].with_context(allowed_company_ids=user.company_ids.ids)
    is_number = isinstance(consultation_id, int) and 0 < consultation_id < 2**31
    consultation = consultation_model.browse(consultation_id if is_number else []).exists()
    is_vet = user.has_group("vet_teleconsult.group_veterinarian")
    if not is_vet or not consultation or not consultation.has_access("read"):
        raise get_room_error(request.env, "access_denied")
    return consultation
