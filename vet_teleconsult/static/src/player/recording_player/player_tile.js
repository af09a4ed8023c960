import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";
import { formatPosition } from "./playback/timeline";
import { SegmentMedia } from "./segment_media";

/** Seconds before a track's beginning at which its first picture already stands in its tile. */
const FIRST_PICTURE = 1;

/** What one participant sent from one source: the picture while there is one, the person's name always. */
export class PlayerTile extends Component {
    static template = "vet_teleconsult.PlayerTile";
    static components = { SegmentMedia };
    static props = {
        playback: Object,
        tile: Object,
        /** Volume control of this person: once per person. */
        withSound: Boolean,
        sound: Object,
    };

    get isScreen() {
        return this.props.tile.track.source === "screen";
    }

    get hasPicture() {
        const { active, current } = this.props.tile;
        const item = this.props.playback.items.get(current.id);
        return (active || this.isAboutToBegin) && (item ? item.hasPicture : current.kind === "video");
    }

    /** Cameras begin some 100 ms after the recording does: their first picture is shown instead of a gap. */
    get isAboutToBegin() {
        const wait = this.props.tile.current.start - this.props.playback.position;
        return wait > 0 && wait <= FIRST_PICTURE;
    }

    get title() {
        const { name } = this.props.tile.track;
        return this.isScreen ? _t("Screen of %s", name).toString() : name;
    }

    get initials() {
        return this.props.tile.track.name
            .split(/\s+/)
            .slice(0, 2)
            .map((word) => word[0]?.toUpperCase() || "")
            .join("");
    }

    /** Why there is no picture. */
    get placeholder() {
        const { active, current, problem } = this.props.tile;
        if (problem) {
            return problem.message;
        }
        if (active) {
            return _t("Sound only");
        }
        if (current.start > this.props.playback.position) {
            return _t("From %s on", formatPosition(current.start));
        }
        return _t("No longer in the recording");
    }

    get muteLabel() {
        const { name } = this.props.tile.track;
        return this.props.sound.muted ? _t("Unmute %s", name) : _t("Mute %s", name);
    }

    get volumeLabel() {
        return _t("Volume of %s", this.props.tile.track.name);
    }

    get volumeText() {
        const percent = Math.round((this.props.sound.muted ? 0 : this.props.sound.volume) * 100);
        return _t("%s percent", percent);
    }

    toggleMuted() {
        this.setSound({ muted: !this.props.sound.muted });
    }

    onVolume(ev) {
        const volume = Number(ev.target.value);
        this.setSound({ volume, muted: volume === 0 });
    }

    setSound(sound) {
        this.props.playback.setSound(this.props.tile.track.participant, sound);
    }
}
