import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { MediaView } from "../../core/media_view/media_view";
import { formatDateTime } from "../../core/times";
import { DeviceCheck } from "../device_check/device_check";
import { DevicesMenu } from "../devices_menu/devices_menu";
import { deviceSentence } from "../sentences";
import { WaitingStatus } from "../waiting/waiting_status";

/** Before the call: see and hear oneself, choose devices, come in with whatever works. */
export class Lobby extends Component {
    static template = "vet_teleconsult.Lobby";
    static components = { DeviceCheck, DevicesMenu, Icon, MediaView, WaitingStatus };
    static props = {
        consultation: Object,
        role: String,
        local: Object,
        checking: Boolean,
        app: { optional: true },
        /** How things stand until the vet comes; null for vets. */
        waiting: { optional: true },
        /** What the devices can do, null while that is being found out; undefined for vets. */
        deviceCheck: { optional: true },
        microphoneTrack: { optional: true },
        onMicrophone: Function,
        onCamera: Function,
        onFlip: Function,
        onChooseDevice: Function,
        onRetryDevices: Function,
        onJoin: Function,
    };

    get title() {
        const { patient, vet, clinic, owner } = this.props.consultation;
        if (this.props.role === "vet") {
            return _t("%(patient)s · %(owner)s", { patient: patient?.name || "", owner: owner?.name || "" });
        }
        return _t("Video consultation with %s", vet?.name || clinic?.name || "");
    }

    get subtitle() {
        const { patient, scheduled_at: scheduledAt } = this.props.consultation;
        const name = this.props.role === "vet" ? "" : patient?.name;
        return [name, formatDateTime(scheduledAt)].filter(Boolean).join(" · ");
    }

    get problems() {
        return ["microphone", "camera"]
            .filter((kind) => this.props.local.problems[kind])
            .map((kind) => ({ kind, text: deviceSentence(kind, this.props.local.problems[kind]) }));
    }

    get appHint() {
        return _t("If the video does not work here in %s, open the link in your usual browser.", this.props.app);
    }

    get joinLabel() {
        const { problems } = this.props.local;
        if (problems.camera && problems.microphone) {
            return _t("Join with messages only");
        }
        if (problems.camera) {
            return _t("Join with sound only");
        }
        if (problems.microphone) {
            return _t("Join without microphone");
        }
        return _t("Join the consultation");
    }
}
