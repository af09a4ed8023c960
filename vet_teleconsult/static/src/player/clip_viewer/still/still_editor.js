import { _t } from "@web/core/l10n/translation";
import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { ClipIcon } from "../icon/clip_icon";
import { toBlob } from "./capture";

/** What was frozen, to be captioned and kept. */
export class StillEditor extends Component {
    static template = "vet_teleconsult.StillEditor";
    static components = { ClipIcon };
    static props = {
        /** `{picture: HTMLCanvasElement, timeCode: number|null}` */
        still: Object,
        save: Function,
        onClose: Function,
    };

    setup() {
        this.stage = useRef("stage");
        this.state = useState({ caption: "", post: true, saving: false, problem: "" });
        onMounted(() => this.stage.el.append(this.props.still.picture));
    }

    async save() {
        this.state.saving = true;
        this.state.problem = "";
        try {
            const blob = await toBlob(this.props.still.picture);
            await this.props.save(blob, {
                timeCode: this.props.still.timeCode,
                annotated: false,
                caption: this.state.caption.trim(),
                post: this.state.post,
            });
            this.props.onClose();
        } catch (error) {
            this.state.problem =
                [error.sentence, error.nextStep].filter(Boolean).join(" ") ||
                error.message ||
                _t("The still could not be saved.");
        } finally {
            this.state.saving = false;
        }
    }
}
