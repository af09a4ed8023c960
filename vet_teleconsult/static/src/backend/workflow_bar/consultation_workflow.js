import { Component, onMounted, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";
import { ApiError } from "../../core/json_api";
import { WorkflowBar } from "../../room/workflow_bar/workflow_bar";
import { askToFinish } from "../finish_dialog/finish_dialog";
import { WorkflowApi } from "./workflow_api";

const NEWS = "vet_teleconsult/consultation";
/** Changes come in bunches (a vet claims, the chat follows): one look for all of them, ms. */
const BUNCH = 150;
/** The longest that a browser's timer waits, ms; who stays on a page for longer has had news by then. */
const LONGEST_WAIT = 2 ** 31 - 1;
/** Buttons behind which Odoo asks for more in a dialog of its own. */
const DIALOGS = { cancel: "action_cancel", hand_over: "action_hand_over", reschedule: "action_reschedule" };
/** What did not take place gets another time, for which Odoo asks too. */
const MISSED = ["cancelled", "no_show"];

/**
 * The control bar of one consultation wherever the web client shows it: follows what others do, and does what is
 * pressed.
 */
export class ConsultationWorkflow extends Component {
    static template = "vet_teleconsult.ConsultationWorkflow";
    static components = { WorkflowBar };
    static props = {
        consultationId: Number,
        /** What the bar shows until it has asked by itself. */
        initial: { type: Object, optional: true },
        /** Asked before anything is done, with its name; nothing is unless it gives true. */
        onBefore: { type: Function, optional: true },
        /** Told when the consultation may have changed. */
        onChange: { type: Function, optional: true },
    };

    setup() {
        this.action = useService("action");
        this.busService = useService("bus_service");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.state = useState({ consultation: this.props.initial || null, busy: false });
        this.asked = 0;
        this.onNews = (payload) => {
            if (payload.consultation_id === this.props.consultationId) {
                this.lookSoon();
            }
        };
        useBus(this.busService, "BUS:RECONNECT", () => this.lookSoon());
        onMounted(() => this.busService.subscribe(NEWS, this.onNews));
        onWillUnmount(() => {
            this.busService.unsubscribe(NEWS, this.onNews);
            browser.clearTimeout(this.lookTimer);
            browser.clearTimeout(this.startTimer);
            this.gone = true;
        });
        useEffect(
            (consultationId) => this.follow(consultationId),
            () => [this.props.consultationId]
        );
    }

    /** @returns {() => void} stops following */
    follow(consultationId) {
        const channel = `vet_consultation_${consultationId}`;
        this.api = new WorkflowApi(consultationId);
        if (this.state.consultation?.id !== consultationId) {
            this.state.consultation = null;
        }
        this.busService.addChannel(channel);
        this.look();
        return () => this.busService.deleteChannel(channel);
    }

    // ---------------------------------------------------------------- looking

    lookSoon() {
        this.lookTimer ??= browser.setTimeout(async () => {
            this.lookTimer = null;
            await this.look();
            this.tell();
        }, BUNCH);
    }

    async look() {
        try {
            await this.show(() => this.api.look());
        } catch (error) {
            // The next news, or the connection's return, brings the next look.
            if (!(error instanceof ApiError)) {
                throw error;
            }
        }
    }

    /** Of several answers the one that was asked for last counts, whichever comes last. */
    async show(ask) {
        this.asked += 1;
        const { asked } = this;
        const consultation = await ask();
        if (asked === this.asked && !this.gone) {
            this.state.consultation = consultation;
            this.lookWhenItBegins(consultation);
        }
    }

    /** From the appointment on a no-show can be noted, which nobody tells. */
    lookWhenItBegins({ scheduled_at: scheduledAt }) {
        browser.clearTimeout(this.startTimer);
        const wait = new Date(scheduledAt) - Date.now();
        if (wait > 0 && wait < LONGEST_WAIT) {
            this.startTimer = browser.setTimeout(() => this.look(), wait);
        }
    }

    /** Answers may come when the page has been left: then there is nobody to tell. */
    tell() {
        if (!this.gone) {
            this.props.onChange?.();
        }
    }

    // ------------------------------------------------------------------ doing

    async onAction(action) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const goOn = !this.props.onBefore || (await this.props.onBefore(action));
            const chosen = goOn ? await this.confirm(action) : null;
            if (chosen) {
                const method = this.dialogOf(chosen);
                await (method ? this.open(method) : this.run(chosen));
            }
        } catch (error) {
            this.explain(error);
        } finally {
            this.state.busy = false;
        }
    }

    /** @returns {string|undefined} the method that opens the dialog behind a button */
    dialogOf(action) {
        const asksForTime = action === "reopen" && MISSED.includes(this.state.consultation.state);
        return asksForTime ? "action_reopen" : DIALOGS[action];
    }

    async run(action) {
        try {
            await this.show(() => this.api.run(action));
        } catch (error) {
            this.explain(error);
            await this.look();
        }
        this.tell();
    }

    /** Say what Odoo has refused, or that it is away; anything else is an error of ours. */
    explain(error) {
        if (!(error instanceof ApiError)) {
            throw error;
        }
        this.notification.add(error.sentence || _t("That did not arrive at the clinic's server. Please try again."), {
            type: "danger",
        });
    }

    open(method) {
        const { consultationId } = this.props;
        return this.action.doActionButton({
            type: "object",
            name: method,
            resModel: "vet.consultation",
            resId: consultationId,
            resIds: [consultationId],
            onClose: async () => {
                await this.look();
                this.tell();
            },
        });
    }

    /** @returns {Promise<string|null>} what to do, where that does not only change a sign on a button; null: nothing */
    async confirm(action) {
        if (action === "finish") {
            // What was written a moment ago goes out with the summary.
            await this.look();
            return askToFinish(this.dialog, this.state.consultation?.finish);
        }
        const questions = {
            no_show: {
                title: _t("Did the owner not come?"),
                body: _t("The consultation is closed as a no-show. It can be reopened."),
                confirmLabel: _t("No-Show"),
                cancelLabel: _t("Back"),
            },
        };
        if (!questions[action]) {
            return action;
        }
        return new Promise((resolve) => {
            this.dialog.add(
                ConfirmationDialog,
                { ...questions[action], confirm: () => resolve(action), cancel: () => resolve(null) },
                { onClose: () => resolve(null) }
            );
        });
    }
}
