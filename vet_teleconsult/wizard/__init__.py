from . import (
    calendar_popover_delete,
    vet_chat_end,
    vet_consultation_cancel,
    vet_consultation_hand_over,
    vet_consultation_reopen,
    vet_prescription_sign,
    vet_prescription_void,
)
