import { Emitter } from "../../core/emitter";

const TYPES = ["message", "media", "chat", "typing", "read"].map((name) => `vet_teleconsult/${name}`);

/**
 * News of one chat over the web client's own connection, in the form of `LiveUpdates`: emits `notification`
 * {type, payload} and `status` ("open" | "closed").
 */
export class BusLive extends Emitter {
    /**
     * @param {object} busService the service `bus_service`
     * @param {string} channel
     */
    constructor(busService, channel) {
        super();
        Object.assign(this, { busService, channel });
        this.listeners = TYPES.map((type) => [type, (payload) => this.emit("notification", { type, payload })]);
        this._onBack = () => this.emit("status", "open");
        this._onLost = () => this.emit("status", "closed");
    }

    start() {
        this.listeners.forEach(([type, listener]) => this.busService.subscribe(type, listener));
        this.busService.addEventListener("BUS:RECONNECT", this._onBack);
        this.busService.addEventListener("BUS:DISCONNECT", this._onLost);
        this.busService.addChannel(this.channel);
    }

    stop() {
        this.listeners.forEach(([type, listener]) => this.busService.unsubscribe(type, listener));
        this.busService.removeEventListener("BUS:RECONNECT", this._onBack);
        this.busService.removeEventListener("BUS:DISCONNECT", this._onLost);
        this.busService.deleteChannel(this.channel);
    }
}
