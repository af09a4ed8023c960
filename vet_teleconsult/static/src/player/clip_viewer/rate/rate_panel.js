import { _t } from "@web/core/l10n/translation";
import { Component, onMounted, onWillUnmount, reactive, useRef, useState } from "@odoo/owl";
import { ClipIcon } from "../icon/clip_icon";
import { explain } from "../sentences";
import { useChanges } from "../use_changes";
import { FEWEST_TAPS, RateCounter, SHORTEST_TIME } from "./rate_counter";

const UNIT = "1/min";

/** Counts breaths or heartbeats by tapping along. */
export class RatePanel extends Component {
    static template = "vet_teleconsult.RatePanel";
    static components = { ClipIcon };
    static props = {
        transport: Object,
        /** None for those who may not keep an observation. */
        save: { optional: true },
        onClose: Function,
        /** Told a function that counts a tap, for the keys of the whole viewer. */
        register: Function,
    };

    setup() {
        this.tapButton = useRef("tap");
        this.counter = useState(reactive(new RateCounter()));
        this.state = useState({ kind: "respiratory_rate", beat: 0, saving: false, saved: false, problem: "" });
        this.changes = useChanges(() => [this.props.transport]);
        const onJump = () => this.counter.jump();
        onMounted(() => {
            this.props.transport.addEventListener("jump", onJump);
            this.props.register(() => this.tap());
            this.tapButton.el.focus({ preventScroll: true });
        });
        onWillUnmount(() => {
            this.props.transport.removeEventListener("jump", onJump);
            this.props.register(null);
        });
    }

    get kinds() {
        return [
            { id: "respiratory_rate", label: _t("Breaths") },
            { id: "heart_rate", label: _t("Heartbeats") },
            { id: "other", label: _t("Other") },
        ];
    }

    get tapLabel() {
        return {
            respiratory_rate: _t("Tap at each breath"),
            heart_rate: _t("Tap at each heartbeat"),
            other: _t("Tap each time"),
        }[this.state.kind];
    }

    get rateText() {
        const { rate } = this.counter;
        return rate === null ? "–" : Math.round(rate).toLocaleString();
    }

    get countText() {
        const { count, counted } = this.counter;
        return _t("%(count)s taps in %(seconds)s s of the clip", { count, seconds: counted.toFixed(1) });
    }

    get marginText() {
        const { margin } = this.counter;
        return margin === null ? "" : _t("± %s", Math.max(1, Math.round(margin)).toLocaleString());
    }

    get confidenceText() {
        return {
            few: _t("At least %s taps are needed.", FEWEST_TAPS),
            short: _t("Count over at least %s seconds of the clip.", SHORTEST_TIME),
            irregular: _t("The taps are irregular. Count once more, slowed down."),
            good: _t("Enough taps at an even rhythm."),
        }[this.counter.confidence];
    }

    get isRunning() {
        return ["playing", "buffering"].includes(this.props.transport.status);
    }

    get canSave() {
        return ["good", "irregular"].includes(this.counter.confidence) && !this.state.saving && !this.state.saved;
    }

    tap() {
        this.state.saved = false;
        this.state.beat++;
        this.counter.tap(this.props.transport.now);
    }

    /** A pointer counts when it goes down, not when it is lifted. */
    onPointerDown(ev) {
        if (ev.button === 0) {
            this.tap();
        }
    }

    onKeydown(ev) {
        if ([" ", "Enter"].includes(ev.key)) {
            ev.preventDefault();
            ev.stopPropagation();
            if (!ev.repeat) {
                this.tap();
            }
        }
    }

    /** A screen reader's click has no pointer. */
    onClick(ev) {
        if (ev.detail === 0 && ev.pointerType === "") {
            this.tap();
        }
    }

    undo() {
        this.counter.undo();
        this.state.saved = false;
    }

    reset() {
        this.counter.reset();
        this.state.saved = false;
    }

    async save() {
        const { counter, state } = this;
        state.saving = true;
        state.problem = "";
        try {
            await this.props.save({
                kind: state.kind,
                value: Math.round(counter.rate * 10) / 10,
                unit: UNIT,
                method: this.countText,
                count: counter.count,
                ...counter.stretch,
            });
            state.saved = true;
        } catch (error) {
            state.problem = explain(error, _t("The rate could not be saved. Try again."));
        } finally {
            state.saving = false;
        }
    }
}
