import { describe, expect, test } from "@odoo/hoot";
import {
    buildTimeline,
    formatPosition,
    pauseAt,
    segmentsAround,
} from "@vet_teleconsult/player/recording_player/playback/timeline";

describe.current.tags("headless");

const file = (participant, offset, duration, values = {}) => ({
    url: `/media/${participant}-${offset}`,
    mime: "video/webm",
    participant,
    role: participant.split("-")[0],
    source: "camera",
    offset,
    duration,
    ...values,
});

const player = (files, duration = 60) => ({
    duration,
    participants: [
        { id: "owner-7", role: "owner", name: "Anna Keller" },
        { id: "vet-2", role: "vet", name: "Dr. Meier" },
    ],
    files,
});

test("the vet comes first, and everyone's files are one track per source", () => {
    const { tracks } = buildTimeline(
        player([
            file("owner-7", 10, 5),
            file("owner-7", 0, 8),
            file("vet-2", 3, 5, { source: "screen" }),
            file("vet-2", 0, 60),
        ])
    );
    expect(tracks.map(({ name, source, segments }) => [name, source, segments.map(({ start }) => start)])).toEqual([
        ["Dr. Meier", "camera", [0]],
        ["Dr. Meier", "screen", [3]],
        ["Anna Keller", "camera", [0, 10]],
    ]);
});

test("someone without a name in the recording is called by their id", () => {
    expect(buildTimeline(player([file("guest-3", 0, 5)])).tracks[0].name).toBe("guest-3");
});

test("a file without a known length lasts until the recording ends", () => {
    expect(buildTimeline(player([file("vet-2", 20, null)])).segments[0].end).toBe(60);
});

test("the timeline is as long as its longest file", () => {
    expect(buildTimeline(player([file("vet-2", 20, 50)])).duration).toBe(70);
});

test("pauses are where nobody was recorded, not where one of two was away", () => {
    const { pauses } = buildTimeline(
        player([file("vet-2", 0, 20), file("owner-7", 2, 25), file("vet-2", 30, 10), file("owner-7", 40.4, 15)])
    );
    expect(pauses).toEqual([
        { start: 27, end: 30 },
        { start: 55.4, end: 60 },
    ]);
});

test("a position inside a pause is told from one outside", () => {
    const timeline = buildTimeline(player([file("vet-2", 0, 20), file("vet-2", 30, 30)]));
    expect(pauseAt(timeline, 19.9)).toBe(null);
    expect(pauseAt(timeline, 20)).toEqual({ start: 20, end: 30 });
    expect(pauseAt(timeline, 30)).toBe(null);
});

test("of two files that overlap after a reload the later one plays", () => {
    const [track] = buildTimeline(player([file("vet-2", 0, 20), file("vet-2", 18, 20)])).tracks;
    expect(segmentsAround(track, 19).active.start).toBe(18);
});

test("before, between and after its files a track knows what comes and what was", () => {
    const [track] = buildTimeline(player([file("vet-2", 5, 5), file("vet-2", 20, 5)])).tracks;
    const starts = (position) => {
        const { active, next, previous } = segmentsAround(track, position);
        return [active, next, previous].map((segment) => segment?.start ?? null);
    };
    expect(starts(0)).toEqual([null, 5, null]);
    expect(starts(7)).toEqual([5, 20, null]);
    expect(starts(15)).toEqual([null, 20, 5]);
    expect(starts(30)).toEqual([null, null, 20]);
});

test("positions are written as people read them", () => {
    expect([0, 61.9, 3600, 36061].map(formatPosition)).toEqual(["0:00", "1:01", "1:00:00", "10:01:01"]);
});
