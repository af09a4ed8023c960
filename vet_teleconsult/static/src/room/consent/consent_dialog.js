import { Component, onMounted, onWillUnmount, useRef } from "@odoo/owl";
import { Icon } from "../../core/icon/icon";

/**
 * Asks one participant whether they may be recorded, with the clinic's text. It lies over the room without locking it:
 * the call goes on, and hanging up stays possible.
 */
export class ConsentDialog extends Component {
    static template = "vet_teleconsult.ConsentDialog";
    static components = { Icon };
    static props = {
        text: String,
        busy: Boolean,
        problem: { type: String, optional: true },
        onAgree: Function,
        onRefuse: Function,
    };

    setup() {
        this.heading = useRef("heading");
        let before = null;
        onMounted(() => {
            before = document.activeElement;
            this.heading.el.focus();
        });
        onWillUnmount(() => before?.focus?.({ preventScroll: true }));
    }
}
