import { randomIdentifier } from "../../../core/identifier";

/** A drug with nothing said of it yet. */
export function emptyLine() {
    return {
        key: randomIdentifier(),
        product_id: null,
        name: "",
        substance: "",
        form: "",
        strength: "",
        dose: "",
        route: "oral",
        frequency: "",
        duration: "",
        instructions: "",
        quantity: 1,
        unit: "",
        repeats: 0,
        withdrawal_period: "",
        warnings: "",
        is_antimicrobial: false,
        is_off_label: false,
    };
}

/**
 * @param {{weight: number}} patient
 * @returns {object} a prescription that nobody has saved
 */
export function emptyDraft(patient) {
    return {
        id: null,
        client_key: randomIdentifier(),
        kind: "structured",
        diagnosis: "",
        note: "",
        weight: patient.weight || 0,
        valid_until: "",
        lines: [emptyLine()],
        photos: [],
    };
}

/**
 * @param {object} prescription as Odoo describes it
 * @returns {object} the same, to be edited
 */
export function editDraft(prescription) {
    const lines = prescription.lines.map((line) => ({ ...line, key: randomIdentifier() }));
    return {
        ...prescription,
        client_key: randomIdentifier(),
        lines: lines.length ? lines : [emptyLine()],
        photos: [...prescription.photos],
    };
}

/** Numbers as Odoo takes them: what is empty in a field is 0. */
export function toValues(draft) {
    const number = (value) => (Number.isFinite(Number(value)) ? Number(value) : value);
    return {
        id: draft.id,
        client_key: draft.client_key,
        kind: draft.kind,
        diagnosis: draft.diagnosis,
        note: draft.note,
        weight: number(draft.weight),
        valid_until: draft.valid_until,
        lines: draft.lines.map((line) => ({
            ...line,
            quantity: number(line.quantity),
            repeats: number(line.repeats),
        })),
    };
}
