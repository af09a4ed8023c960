import { Component, useExternalListener, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { DevicesMenu } from "../devices_menu/devices_menu";

/** The buttons of a call, the same on both sides; only the vet's has the one to record. */
export class ControlBar extends Component {
    static template = "vet_teleconsult.ControlBar";
    static components = { Icon, DevicesMenu };
    static props = {
        local: Object,
        microphoneTrack: { optional: true },
        /** The recording's state, or null for those who may not start one. */
        recordingState: { type: [String, { value: null }], optional: true },
        onMicrophone: Function,
        onCamera: Function,
        onFlip: Function,
        onShareScreen: Function,
        onRecord: { type: Function, optional: true },
        onChooseDevice: Function,
        onHangUp: Function,
    };

    setup() {
        this.state = useState({ devices: false });
        this.root = useRef("root");
        useExternalListener(window, "pointerdown", (event) => {
            if (this.state.devices && !this.root.el?.contains(event.target)) {
                this.state.devices = false;
            }
        });
    }

    get buttons() {
        const { local } = this.props;
        return [
            {
                hook: "microphone",
                icon: "microphone",
                crossed: !local.microphone,
                pressed: local.microphone,
                off: !local.microphone,
                text: _t("Mic"),
                title: local.microphone ? _t("Turn the microphone off") : _t("Turn the microphone on"),
                action: this.props.onMicrophone,
            },
            {
                hook: "camera",
                icon: "camera",
                crossed: !local.camera,
                pressed: local.camera,
                off: !local.camera,
                text: _t("Camera"),
                title: local.camera ? _t("Turn the camera off") : _t("Turn the camera on"),
                action: this.props.onCamera,
            },
            local.canFlip && {
                hook: "flip",
                icon: "flip",
                text: _t("Flip"),
                title: _t("Switch to the other camera"),
                action: this.props.onFlip,
            },
            local.canShare && {
                hook: "share-screen",
                icon: "screen",
                pressed: local.screen,
                on: local.screen,
                text: _t("Share"),
                title: local.screen ? _t("Stop sharing the screen") : _t("Share the screen"),
                action: this.props.onShareScreen,
            },
            this.recordButton,
        ].filter(Boolean);
    }

    get recordButton() {
        const state = this.props.recordingState;
        if (!state || !this.props.onRecord) {
            return null;
        }
        const running = ["asking", "recording", "paused"].includes(state);
        return {
            hook: "record",
            icon: running ? "stop" : "record",
            pressed: running,
            red: true,
            text: _t("Record"),
            title: running ? _t("Stop the recording") : _t("Record the consultation"),
            action: this.props.onRecord,
        };
    }

    onKeydown(event) {
        if (event.key === "Escape" && this.state.devices) {
            this.state.devices = false;
            this.root.el.querySelector('[data-test="devices"]').focus();
        }
    }
}
