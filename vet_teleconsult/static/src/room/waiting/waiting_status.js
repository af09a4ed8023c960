import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { parseDate } from "../../core/times";
import { Icon } from "../../core/icon/icon";
import { waitingSentence } from "./waiting_sentences";

/** Often enough that a minute is never late by more than anyone notices, ms. */
const TICK = 5000;
const ICONS = { here: "person", next: "person", line: "person", busy: "paw", late: "clock" };

/** Whether the vet is here, late or with another patient, or how many are before; counts the minutes by itself. */
export class WaitingStatus extends Component {
    static template = "vet_teleconsult.WaitingStatus";
    static components = { Icon };
    static props = {
        /** Answer of the route `waiting`, and `at`: when it was received (ms). */
        status: Object,
        clinic: { optional: true },
        joined: Boolean,
    };

    setup() {
        this.clock = useState({ now: Date.now() });
        let timer = null;
        onMounted(() => (timer = setInterval(() => (this.clock.now = Date.now()), TICK)));
        onWillUnmount(() => clearInterval(timer));
    }

    /** By the clinic's clock: this machine's may be wrong. */
    get now() {
        const { now, at } = this.props.status;
        const offset = now && at ? parseDate(now).getTime() - at : 0;
        return new Date(Math.max(this.clock.now, at || 0) + offset);
    }

    get sentence() {
        const { status, clinic, joined } = this.props;
        return waitingSentence(status, { now: this.now, clinic: clinic?.name || "", joined });
    }

    get icon() {
        return ICONS[this.sentence.state] || "clock";
    }
}
