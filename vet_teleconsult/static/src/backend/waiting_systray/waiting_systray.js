import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { parseDate } from "../../core/times";

/** Often enough that a minute is never late by more than anyone notices, ms. */
const TICK = 5000;
const DEVICE_ICONS = { ok: "fa-check-circle", warning: "fa-exclamation-triangle", failed: "fa-times-circle" };
const DEVICE_COLOURS = { ok: "text-success", warning: "text-warning", failed: "text-danger" };

/** Who waits for the vet, in the bar above every screen of Odoo: how many, who, for how long; a click opens the room. */
export class WaitingSystray extends Component {
    static template = "vet_teleconsult.WaitingSystray";
    static components = { Dropdown };
    static props = {};

    setup() {
        this.waiting = useService("vet_teleconsult.waiting");
        this.action = useService("action");
        this.state = useState(this.waiting.state);
        this.clock = useState({ now: Date.now() });
        this.dropdown = useDropdownState();
        let timer = null;
        onMounted(() => {
            this.waiting.begin();
            timer = browser.setInterval(() => (this.clock.now = Date.now()), TICK);
        });
        onWillUnmount(() => browser.clearInterval(timer));
    }

    get title() {
        const { length } = this.state.entries;
        if (!length) {
            return _t("Nobody is waiting");
        }
        return length === 1 ? _t("One owner is waiting") : _t("%s owners are waiting", length);
    }

    minutes({ waiting_since: since }) {
        const start = parseDate(since)?.getTime() ?? this.clock.now;
        return _t("%s min", Math.max(0, Math.floor((this.clock.now - start) / 60000)));
    }

    details(entry) {
        return [entry.owner, entry.type, entry.company].filter(Boolean).join(" · ");
    }

    deviceClass({ state }) {
        return `${DEVICE_ICONS[state]} ${DEVICE_COLOURS[state]}`;
    }

    open(entry) {
        this.dropdown.close();
        return this.waiting.open(entry);
    }

    openQueue() {
        this.dropdown.close();
        return this.action.doAction("vet_teleconsult.vet_consultation_action_queue", { clearBreadcrumbs: true });
    }
}

registry.category("systray").add("vet_teleconsult.waiting", { Component: WaitingSystray }, { sequence: 28 });
