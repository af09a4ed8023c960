import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";

const GOOD = new Set(["ok", "relay", "direct", "unknown"]);

/** What works of camera, microphone, speaker and network, in a row of words; advice below where something does not. */
export class DeviceCheck extends Component {
    static template = "vet_teleconsult.DeviceCheck";
    static components = { Icon };
    static props = {
        /** As of `checkDevices`; null while it is being found out. */
        result: { optional: true },
    };

    get items() {
        const { result } = this.props;
        const network = result && (result.service === "ok" ? result.network : result.service);
        return [
            { name: "camera", icon: "camera", label: _t("Camera"), value: result?.camera },
            { name: "microphone", icon: "microphone", label: _t("Microphone"), value: result?.microphone },
            { name: "speaker", icon: "speaker", label: _t("Speaker"), value: result?.speaker },
            { name: "network", icon: "cloud", label: _t("Network"), value: network },
        ].map((item) => ({ ...item, good: item.value ? GOOD.has(item.value) : null }));
    }

    statusOf({ good }) {
        if (good === null) {
            return _t("being checked");
        }
        return good ? _t("works") : _t("does not work");
    }

    get advice() {
        const { result } = this.props;
        if (result?.service === "failed") {
            return _t("The clinic's video service is not reached from here. Check your internet connection.");
        }
        if (result?.network === "no-relay") {
            return _t(
                "Your network lets only some calls through. If there is no picture, use another network, such as your phone's mobile data."
            );
        }
        return "";
    }
}
