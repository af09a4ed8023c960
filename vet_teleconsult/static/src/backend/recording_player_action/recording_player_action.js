import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { ApiError, RoomApi } from "../../core/api";
import { RecordingPlayer } from "../../player/recording_player/recording_player";

/**
 * A recording in the web client: client action `vet_teleconsult.recording_player` with params
 * {recording_id, consultation_id?}, or with the recording as `active_id`. A recording that cannot be played yet says
 * why, and plays as soon as it can.
 */
export class RecordingPlayerAction extends Component {
    static template = "vet_teleconsult.RecordingPlayerAction";
    static components = { Layout, RecordingPlayer };
    static props = { ...standardActionServiceProps };
    static path = "teleconsult-recording";

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.busService = useService("bus_service");
        const { action } = this.props;
        this.recordingId = action.params?.recording_id || action.context?.active_id || this.props.resId;
        this.state = useState({ status: "loading", message: "", nextStep: "", player: null });
        this.channel = null;
        const onConsultation = ({ recordings }) => this.onConsultation(recordings);
        this.busService.subscribe("vet_teleconsult/consultation", onConsultation);
        useBus(this.busService, "BUS:RECONNECT", () => this.loadUnlessReady());
        onWillStart(() => this.start());
        onWillUnmount(() => {
            this.busService.unsubscribe("vet_teleconsult/consultation", onConsultation);
            if (this.channel) {
                this.busService.deleteChannel(this.channel);
            }
        });
    }

    get display() {
        return { controlPanel: {} };
    }

    async start() {
        const [recording] = this.recordingId
            ? await this.orm.searchRead(
                  "vet.recording",
                  [["id", "=", this.recordingId]],
                  ["display_name", "consultation_id"]
              )
            : [];
        if (!recording) {
            this.show("missing", _t("This recording does not exist, or you may not see it."));
            return;
        }
        this.env.config.setDisplayName(recording.display_name);
        [this.consultationId] = recording.consultation_id;
        this.api = new RoomApi({ consultationId: this.consultationId });
        this.channel = `vet_consultation_${this.consultationId}`;
        this.busService.addChannel(this.channel);
        await this.load();
    }

    show(status, message = "", nextStep = "") {
        Object.assign(this.state, { status, message, nextStep, player: null });
    }

    /** Opening a recording is logged: it is asked for only when it can be played. */
    async load() {
        const [recording] = await this.orm.read("vet.recording", [this.recordingId], ["state", "message"]);
        const sentences = {
            recording: [
                _t("This call is still being recorded."),
                _t("The recording appears here by itself when it has ended."),
            ],
            processing: [_t("The recording is being prepared."), _t("It appears here by itself, usually in seconds.")],
            failed: [
                _t("The recording failed."),
                recording.message || _t("Ask whoever looks after the media service: its log says more."),
            ],
        };
        if (recording.state in sentences) {
            this.show(recording.state, ...sentences[recording.state]);
            return;
        }
        try {
            const player = await this.fetchPlayer();
            Object.assign(this.state, { status: "ready", message: "", nextStep: "", player });
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            this.show(
                "unavailable",
                error.sentence || _t("The recording could not be opened."),
                error.nextStep || _t("Check your connection, then try again.")
            );
        }
    }

    fetchPlayer() {
        return this.api.recording(this.recordingId);
    }

    async loadUnlessReady() {
        if (!["ready", "missing"].includes(this.state.status)) {
            await this.load();
        }
    }

    onConsultation(recordings = []) {
        const changed = recordings.find(({ id }) => id === this.recordingId);
        if (changed && changed.state !== this.state.status) {
            this.loadUnlessReady();
        }
    }

    openConsultation() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "vet.consultation",
            res_id: this.consultationId,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("vet_teleconsult.recording_player", RecordingPlayerAction);
