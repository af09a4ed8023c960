import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** How the call stands, in one word that is read out when it changes. */
export class ConnectionStatus extends Component {
    static template = "vet_teleconsult.ConnectionStatus";
    static props = { state: String };

    get text() {
        return {
            checking: _t("Checking devices"),
            waiting: _t("Waiting for the other"),
            connecting: _t("Connecting…"),
            connected: _t("Connected"),
            poor: _t("Poor connection"),
            reconnecting: _t("Reconnecting…"),
            phone: _t("On the phone"),
            ended: _t("Call ended"),
        }[this.props.state];
    }
}
