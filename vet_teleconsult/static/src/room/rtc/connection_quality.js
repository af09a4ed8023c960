import { Emitter } from "../../core/emitter";

const POLL_INTERVAL = 2000;
/** So many polls in a row must agree before the word changes: no flicker. */
const POOR_AFTER = 2;
const GOOD_AFTER = 4;

const LIMITS = { loss: 0.08, roundTrip: 0.6, frozenShare: 0.4 };
/** Polls without a new frame of one's own camera after which it counts as stalled. */
const STALLED_AFTER = 3;

/**
 * Judge two consecutive readings.
 *
 * @param {object} reading differences since the last reading
 * @param {number} reading.received packets
 * @param {number} reading.lost packets
 * @param {number} reading.roundTrip seconds
 * @param {number} reading.remoteLoss share of our packets that the other side lost
 * @param {number} reading.frozenShare share of the time in which the remote picture stood still
 * @returns {boolean} whether a person would call the connection poor
 */
export function isPoor({ received, lost, roundTrip, remoteLoss, frozenShare }) {
    const total = received + lost;
    const loss = total > 20 ? lost / total : 0;
    return (
        loss > LIMITS.loss ||
        remoteLoss > LIMITS.loss ||
        roundTrip > LIMITS.roundTrip ||
        frozenShare > LIMITS.frozenShare
    );
}

/**
 * The pair of addresses that carries the packets now. Others that were nominated before a network was lost keep the
 * round-trip time of their last answer for ever.
 *
 * @param {RTCStatsReport} report
 * @returns {object|undefined}
 */
function selectedPair(report) {
    const stats = [];
    report.forEach((stat) => stats.push(stat));
    const chosen = stats.find((stat) => stat.type === "transport" && stat.selectedCandidatePairId);
    // Firefox has no such statistics of the transport, and marks the pair itself.
    return stats.find(
        (stat) =>
            stat.type === "candidate-pair" && (chosen ? stat.id === chosen.selectedCandidatePairId : stat.selected)
    );
}

/**
 * Watches the statistics of a peer connection. Emits `quality` "good" | "poor", and `stalled` when one's own camera
 * claims to be live but delivers no frames (iOS after an incoming phone call).
 */
export class ConnectionQuality extends Emitter {
    /** @param {RTCPeerConnection} pc */
    constructor(pc) {
        super();
        this.pc = pc;
        this.quality = "good";
        this.agreeing = 0;
        this.stalledPolls = 0;
        this.last = null;
        this.timer = setInterval(() => this._poll(), POLL_INTERVAL);
    }

    stop() {
        clearInterval(this.timer);
    }

    async _poll() {
        if (this.pc.connectionState !== "connected") {
            return;
        }
        let report;
        try {
            report = await this.pc.getStats();
        } catch {
            return;
        }
        const now = this._read(report);
        if (this.last) {
            this._judge(now, this.last);
        }
        this.last = now;
    }

    _read(report) {
        const roundTrip = selectedPair(report)?.currentRoundTripTime || 0;
        const reading = { at: Date.now(), received: 0, lost: 0, roundTrip, remoteLoss: 0, frozen: 0, encoded: null };
        report.forEach((stat) => {
            if (stat.type === "inbound-rtp") {
                reading.received += stat.packetsReceived || 0;
                reading.lost += Math.max(0, stat.packetsLost || 0);
                reading.frozen += stat.totalFreezesDuration || 0;
            } else if (stat.type === "remote-inbound-rtp") {
                reading.remoteLoss = Math.max(reading.remoteLoss, stat.fractionLost || 0);
            } else if (stat.type === "outbound-rtp" && stat.kind === "video") {
                reading.encoded = (reading.encoded || 0) + (stat.framesEncoded || 0);
            }
        });
        return reading;
    }

    _judge(now, last) {
        const poor = isPoor({
            received: now.received - last.received,
            lost: now.lost - last.lost,
            roundTrip: now.roundTrip,
            remoteLoss: now.remoteLoss,
            frozenShare: ((now.frozen - last.frozen) * 1000) / Math.max(1, now.at - last.at),
        });
        this.agreeing = poor === (this.quality === "good") ? this.agreeing + 1 : 0;
        if (this.agreeing >= (poor ? POOR_AFTER : GOOD_AFTER)) {
            this.agreeing = 0;
            this.quality = poor ? "poor" : "good";
            this.emit("quality", this.quality);
        }
        this.stalledPolls = now.encoded !== null && now.encoded === last.encoded ? this.stalledPolls + 1 : 0;
        if (this.stalledPolls === STALLED_AFTER) {
            this.emit("stalled");
        }
    }
}
