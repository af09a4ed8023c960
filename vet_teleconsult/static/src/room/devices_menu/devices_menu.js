import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { LevelMeter } from "../rtc/level_meter";

const SEGMENTS = 12;

/** Which microphone, camera and speaker, and whether the microphone hears anything. */
export class DevicesMenu extends Component {
    static template = "vet_teleconsult.DevicesMenu";
    static props = {
        lists: Object,
        selected: Object,
        microphone: { optional: true },
        onChoose: Function,
    };

    setup() {
        this.state = useState({ level: 0 });
        this.segments = [...Array(SEGMENTS).keys()];
        this.meter = new LevelMeter((level) => (this.state.level = Math.round(level * SEGMENTS)));
        useEffect(
            (track) => this.meter.listen(track),
            () => [this.props.microphone]
        );
        onWillUnmount(() => this.meter.stop());
    }

    get menus() {
        return [
            { kind: "microphone", label: _t("Microphone"), devices: this.props.lists.microphones },
            { kind: "camera", label: _t("Camera"), devices: this.props.lists.cameras },
            // Safari and Firefox on phones let the system choose.
            { kind: "speaker", label: _t("Speaker"), devices: this.canChooseSpeaker ? this.props.lists.speakers : [] },
        ].filter(({ devices }) => devices.length);
    }

    get canChooseSpeaker() {
        return "setSinkId" in HTMLMediaElement.prototype;
    }

    name(device, index, menu) {
        return device.label || _t("%(kind)s %(number)s", { kind: menu.label, number: index + 1 });
    }
}
