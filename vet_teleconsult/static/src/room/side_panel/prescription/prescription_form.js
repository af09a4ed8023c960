import { Component, useState } from "@odoo/owl";
import { Icon } from "../../../core/icon/icon";
import { DrugFields } from "./drug_fields";
import { emptyLine } from "./draft";

/** A draft: drugs, or photos of the paper. Edits what it is given; keeping and signing is its parent's business. */
export class PrescriptionForm extends Component {
    static template = "vet_teleconsult.PrescriptionForm";
    static components = { DrugFields, Icon };
    static props = {
        draft: Object,
        patient: Object,
        routes: Array,
        busy: Boolean,
        onInput: Function,
        findProducts: Function,
        /** (files) => Promise */
        onPhotos: Function,
        onSave: Function,
        onSign: Function,
        onDiscard: Function,
        onBack: Function,
    };

    setup() {
        this.draft = useState(this.props.draft);
    }

    addDrug() {
        this.draft.lines.push(emptyLine());
        this.props.onInput();
    }

    removeDrug(line) {
        this.draft.lines.splice(this.draft.lines.indexOf(line), 1);
        this.props.onInput();
    }

    async onFiles(event) {
        const files = [...event.target.files];
        // The same photo can be chosen once more.
        event.target.value = "";
        await this.props.onPhotos(files);
    }
}
