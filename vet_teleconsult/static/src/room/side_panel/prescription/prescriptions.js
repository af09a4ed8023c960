import { Component, onWillUnmount, toRaw, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ApiError } from "../../../core/api";
import { Icon } from "../../../core/icon/icon";
import { formatDateTime } from "../../../core/times";
import { editDraft, emptyDraft, toValues } from "./draft";
import { readPhoto } from "./photo_file";
import { PrescriptionApi } from "./prescription_api";
import { PrescriptionForm } from "./prescription_form";

/** What is typed is kept in the browser a moment after the last key, so that nothing is lost with the page. */
const KEEP_DELAY = 400;

/** What the vet has prescribed in this consultation; writes, signs and voids. */
export class Prescriptions extends Component {
    static template = "vet_teleconsult.Prescriptions";
    static components = { Icon, PrescriptionForm };
    static props = {
        consultationId: Number,
        /** `prescriptions`, `patient`, `routes`, `signer`: as Odoo tells them */
        prescribing: Object,
        memory: Object,
        /** (prescribing) => void: Odoo has told something newer */
        onChange: Function,
        api: { type: Object, optional: true },
    };

    setup() {
        this.api = this.props.api || new PrescriptionApi({ consultationId: this.props.consultationId });
        const kept = this.props.memory.get("prescription-draft");
        this.state = useState({
            /** "list" | "form" | "sign" | "void" */
            view: kept ? "form" : "list",
            draft: kept,
            /** what is being voided */
            target: null,
            reason: "",
            name: this.props.prescribing.signer.name,
            licenseNumber: this.props.prescribing.signer.license_number,
            busy: false,
            problem: "",
            message: "",
        });
        this.formatDateTime = formatDateTime;
        onWillUnmount(() => this.keep());
    }

    // ------------------------------------------------------------ the draft

    begin() {
        this.show("form", emptyDraft(this.props.prescribing.patient));
    }

    edit(prescription) {
        this.show("form", editDraft(prescription));
    }

    show(view, draft = this.state.draft) {
        Object.assign(this.state, { view, draft, problem: "", message: "" });
        this.keep();
    }

    toList(message = "") {
        this.show("list", null);
        this.state.message = message;
    }

    onInput() {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.keep(), KEEP_DELAY);
    }

    keep() {
        clearTimeout(this.timer);
        this.props.memory.set("prescription-draft", this.state.draft && toRaw(this.state.draft));
    }

    // --------------------------------------------------------- asking Odoo

    /**
     * Ask Odoo for something; a refusal stands on the page, and nothing that was typed is lost.
     *
     * @param {() => Promise<{id: number|null, prescribing: object}>} request
     * @returns {Promise<object|null>} Odoo's answer; null when it refused
     */
    async ask(request) {
        this.state.busy = true;
        this.state.problem = "";
        this.state.message = "";
        try {
            const answer = await request();
            this.props.onChange(answer.prescribing);
            return answer;
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            this.state.problem =
                error.sentence || _t("Odoo did not answer. What you wrote is kept here; please try again in a moment.");
            return null;
        } finally {
            this.state.busy = false;
        }
    }

    /** @returns {Promise<object|null>} the draft as Odoo has it now; null when it could not be saved */
    async store() {
        const answer = await this.ask(() => this.api.save(toValues(this.state.draft)));
        if (answer) {
            const saved = answer.prescribing.prescriptions.find(({ id }) => id === answer.id);
            Object.assign(this.state.draft, { id: saved.id, photos: saved.photos, valid_until: saved.valid_until });
            this.keep();
            return saved;
        }
        return null;
    }

    async save() {
        if (await this.store()) {
            this.toList(_t("The draft is saved."));
        }
    }

    async addPhotos(files) {
        if (!files.length || !(await this.store())) {
            return;
        }
        const { draft } = this.state;
        for (const file of files) {
            const answer = await this.ask(async () => this.api.addPhoto(draft.id, file.name, await readPhoto(file)));
            if (!answer) {
                return;
            }
            draft.photos = answer.prescribing.prescriptions.find(({ id }) => id === draft.id).photos;
        }
        this.keep();
    }

    async toSign() {
        const saved = await this.store();
        if (saved?.gaps.length) {
            this.state.problem = [_t("Before you sign:"), ...saved.gaps].join("\n");
        } else if (saved) {
            this.show("sign");
        }
    }

    async sign() {
        const { draft, name, licenseNumber } = this.state;
        if (await this.ask(() => this.api.sign(draft.id, name, licenseNumber))) {
            this.toList(_t("Signed. The owner sees it in the messages."));
        }
    }

    async discard() {
        if (await this.ask(() => this.api.discard(this.state.draft.id))) {
            this.toList(_t("The draft is deleted."));
        }
    }

    toVoid(prescription) {
        this.show("void", null);
        Object.assign(this.state, { target: prescription, reason: "" });
    }

    async confirmVoid() {
        const { target, reason } = this.state;
        if (await this.ask(() => this.api.void(target.id, reason))) {
            this.toList(_t("The prescription is void."));
        }
    }

    findProducts(term) {
        return this.api.products(term);
    }
}
