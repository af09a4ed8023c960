import { _t } from "@web/core/l10n/translation";
import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import { publishHandle } from "./debugging_handle";
import { useFullScreen } from "./full_screen";
import { Playback } from "./playback/playback";
import { formatPosition, pauseAt } from "./playback/timeline";
import { PlayerTile } from "./player_tile";
import { SeekBar } from "./seek_bar";

const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];
/** s */
const STEP = 5;

/**
 * Plays a recording: everyone's camera side by side and the shared screen, in step. Needs nothing of the web client
 * but Owl and the translations, so that it can stand on any page.
 */
export class RecordingPlayer extends Component {
    static template = "vet_teleconsult.RecordingPlayer";
    static components = { PlayerTile, SeekBar };
    static props = {
        /** The answer of `/vet_teleconsult/room/recording`. Another recording needs another `t-key`. */
        player: Object,
        /** Fetches that answer again, with fresh addresses: they expire. */
        reload: { type: Function, optional: true },
        onClose: { type: Function, optional: true },
    };

    setup() {
        this.root = useRef("root");
        this.rates = RATES;
        this.playback = new Playback(this.props.player, { reload: this.props.reload });
        this.state = useState({ changes: 0 });
        this.fullScreen = useFullScreen(this.root);
        const onChange = () => this.state.changes++;
        this.playback.addEventListener("change", onChange);
        onMounted(() => {
            this.withdrawHandle = publishHandle(this.playback);
        });
        onWillUnmount(() => {
            this.withdrawHandle();
            this.playback.removeEventListener("change", onChange);
            this.playback.destroy();
        });
    }

    /** Read in the template, so that every change of the playback renders. */
    get view() {
        return { changes: this.state.changes, status: this.playback.status, tiles: this.playback.tiles };
    }

    get label() {
        return _t("Recording %s", this.props.player.name || "");
    }

    get startedAt() {
        const { started_at: startedAt } = this.props.player;
        if (!startedAt) {
            return "";
        }
        const iso = /Z|[+-]\d\d:?\d\d$/.test(startedAt) ? startedAt : `${startedAt.replace(" ", "T")}Z`;
        const date = new Date(iso);
        return Number.isNaN(date.getTime())
            ? ""
            : date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    }

    get events() {
        return this.props.player.events || [];
    }

    get files() {
        return this.playback.timeline.tracks.flatMap((track) =>
            track.segments.map((segment) => ({
                id: segment.id,
                url: segment.downloadUrl,
                label: this.fileLabel(track, segment),
            }))
        );
    }

    fileLabel(track, segment) {
        const source = track.source === "screen" ? _t("screen") : segment.kind === "audio" ? _t("sound") : _t("camera");
        return _t("%(name)s, %(source)s, from %(start)s", {
            name: track.name,
            source,
            start: formatPosition(segment.start),
        });
    }

    /** @returns {boolean} whether the tile is to carry the person's volume */
    carriesSound(tiles, tile) {
        return tiles.find((other) => other.track.participant === tile.track.participant) === tile;
    }

    /** A shared screen has room only while it lasts; people keep their place. */
    isShown(tile) {
        return tile.track.source !== "screen" || tile.active || Boolean(tile.problem);
    }

    get pause() {
        return pauseAt(this.playback.timeline, this.playback.position);
    }

    get notice() {
        const { playback } = this;
        if (!playback.timeline.segments.length) {
            return _t("This recording has no files.");
        }
        if (playback.blocked) {
            return _t("Your browser stopped the playback. Press Play to go on.");
        }
        return playback.status === "buffering" ? _t("Loading…") : "";
    }

    get hasProblem() {
        return [...this.playback.items.values()].some((item) => item.problem);
    }

    get playLabel() {
        if (this.playback.wanted) {
            return _t("Pause");
        }
        return this.playback.status === "ended" ? _t("Play again") : _t("Play");
    }

    get fullScreenLabel() {
        return this.fullScreen.active ? _t("Leave full screen") : _t("Full screen");
    }

    rateLabel(rate) {
        return `${rate.toLocaleString()}×`;
    }

    onRate(ev) {
        this.playback.setRate(Number(ev.target.value));
    }

    skipPause() {
        this.playback.seek(this.pause.end);
    }

    onStageClick(ev) {
        if (!ev.target.closest("button, input, a")) {
            this.playback.toggle();
        }
    }

    onKeydown(ev) {
        if (ev.ctrlKey || ev.metaKey || ev.altKey || ev.target.closest("select, input, summary")) {
            return;
        }
        const onControl = ev.target.closest("button, a");
        const actions = {
            " ": () => this.playback.toggle(),
            k: () => this.playback.toggle(),
            f: () => this.fullScreen.toggle(),
            ArrowLeft: () => this.playback.seek(this.playback.position - STEP),
            ArrowRight: () => this.playback.seek(this.playback.position + STEP),
        };
        if (ev.key in actions && !(ev.key === " " && onControl)) {
            ev.preventDefault();
            ev.stopPropagation();
            actions[ev.key]();
        }
    }
}
