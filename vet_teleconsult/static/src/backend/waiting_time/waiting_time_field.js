import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;

/** Often enough that a minute is never late by more than anyone notices, ms. */
const TICK = 5000;

/** How long someone has been waiting since a moment, counting up by itself, with a colour when it gets long. */
export class WaitingTimeField extends Component {
    static template = "vet_teleconsult.WaitingTimeField";
    static props = {
        ...standardFieldProps,
        warningAfter: { type: Number, optional: true },
        dangerAfter: { type: Number, optional: true },
    };
    static defaultProps = { warningAfter: 5, dangerAfter: 10 };

    setup() {
        this.state = useState({ now: DateTime.now() });
        let timer = null;
        onMounted(() => {
            timer = browser.setInterval(() => {
                this.state.now = DateTime.now();
            }, TICK);
        });
        onWillUnmount(() => browser.clearInterval(timer));
    }

    get since() {
        return this.props.record.data[this.props.name];
    }

    /** Whole minutes; never negative, however wrong this machine's clock is. */
    get minutes() {
        return Math.max(0, Math.floor(this.state.now.diff(this.since, "minutes").minutes));
    }

    get text() {
        const { minutes } = this;
        if (minutes < 1) {
            return _t("less than 1 min");
        }
        if (minutes < 60) {
            return _t("%s min", minutes);
        }
        return _t("%(hours)s h %(minutes)s min", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
    }

    get title() {
        return _t("Waiting since %s", formatDateTime(this.since));
    }

    get colour() {
        if (this.minutes >= this.props.dangerAfter) {
            return "text-bg-danger";
        }
        return this.minutes >= this.props.warningAfter ? "text-bg-warning" : "text-bg-info";
    }
}

export const waitingTimeField = {
    component: WaitingTimeField,
    displayName: _t("Waiting Time"),
    supportedTypes: ["datetime"],
    supportedOptions: [
        { label: _t("Warning after (minutes)"), name: "warning_after", type: "number", default: 5 },
        { label: _t("Danger after (minutes)"), name: "danger_after", type: "number", default: 10 },
    ],
    extractProps: ({ options }) => ({
        warningAfter: options.warning_after,
        dangerAfter: options.danger_after,
    }),
};

registry.category("fields").add("vet_waiting_time", waitingTimeField);
