import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";
import { ClipIcon } from "../icon/clip_icon";
import { useChanges } from "../use_changes";

/** Moves the second clip alone, until both show the same moment. */
export class OffsetBar extends Component {
    static template = "vet_teleconsult.OffsetBar";
    static components = { ClipIcon };
    static props = { linked: Object };

    setup() {
        this.changes = useChanges(() => [this.props.linked]);
    }

    get offsetText() {
        const { offset } = this.props.linked;
        const sign = offset < -0.0005 ? "−" : "+";
        return _t("%s s", `${sign}${Math.abs(offset).toFixed(3)}`);
    }
}
