"""Identifiers that come from outside."""

ID_LIMIT = 2**31  # PostgreSQL's integer


def find_record(model, number):
    """Find the record with an identifier, if there is one: no number is too large to be asked for.

    :param models.Model model: in whose environment to look
    :param number: anything
    :return: the record, or none
    :rtype: models.Model
    """
    is_id = isinstance(number, int) and not isinstance(number, bool) and 0 < number < ID_LIMIT
    return model.browse(number).exists() if is_id else model.browse()
