import { describe, expect, test } from "@odoo/hoot";
import { Annotations } from "@vet_teleconsult/player/clip_viewer/still/annotations";
import { formatLength, lengthOf } from "@vet_teleconsult/player/clip_viewer/still/measure";
import { isVisible } from "@vet_teleconsult/player/clip_viewer/still/shapes";

describe.current.tags("headless");

const mark = (kind, ...points) => ({ kind, colour: "#fff", points: points.map(([x, y]) => ({ x, y })), text: "ab" });

test("every change can be undone and done again", () => {
    const annotations = new Annotations();
    const id = annotations.add(mark("arrow", [0, 0], [10, 0]));
    annotations.move(id, 5, 5);
    annotations.change(id, { colour: "#000" });
    annotations.remove(id);
    for (const colour of ["#000", "#fff"]) {
        annotations.undo();
        expect(annotations.get(id).colour).toBe(colour);
    }
    annotations.undo();
    expect(annotations.get(id).points).toEqual([
        { x: 0, y: 0 },
        { x: 10, y: 0 },
    ]);
    annotations.undo();
    expect(annotations.isEmpty).toBe(true);
    expect(annotations.canUndo).toBe(false);
    annotations.redo();
    annotations.redo();
    expect(annotations.get(id).points[0]).toEqual({ x: 5, y: 5 });
});

test("a new mark forgets what was undone", () => {
    const annotations = new Annotations();
    annotations.add(mark("arrow", [0, 0], [10, 0]));
    annotations.undo();
    annotations.add(mark("circle", [0, 0], [10, 10]));
    expect(annotations.canRedo).toBe(false);
    expect(annotations.marks.map(({ kind }) => kind)).toEqual(["circle"]);
});

test("the end of a mark moves alone", () => {
    const annotations = new Annotations();
    const id = annotations.add(mark("measure", [0, 0], [10, 0]));
    annotations.move(id, 2, 3, 1);
    expect(annotations.get(id).points).toEqual([
        { x: 0, y: 0 },
        { x: 12, y: 3 },
    ]);
});

test("a mark is hit on its line, the uppermost first", () => {
    const annotations = new Annotations();
    const line = annotations.add(mark("arrow", [0, 0], [100, 0]));
    const circle = annotations.add(mark("circle", [20, -50], [120, 50]));
    const text = annotations.add(mark("text", [200, 200]));
    const hit = (x, y) => annotations.hit({ x, y }, 4, 20)?.id;
    expect(hit(50, 3)).toBe(line);
    expect(hit(20, 1)).toBe(circle);
    expect(hit(70, 20)).toBe(undefined);
    expect(hit(210, 205)).toBe(text);
});

test("a known length gives the scale, and undo takes it back", () => {
    const annotations = new Annotations();
    annotations.calibrate(200, 5, "cm");
    expect(formatLength(400, annotations.scale)).toBe("10.0 cm");
    expect(formatLength(4, annotations.scale)).toBe("0.10 cm");
    annotations.undo();
    expect(formatLength(400, annotations.scale)).toBe("400 px");
    annotations.calibrate(0, 5, "cm");
    annotations.calibrate(100, -1, "cm");
    expect(annotations.scale).toBe(null);
});

test("a length is the distance between both ends", () => {
    expect(
        lengthOf([
            { x: 1, y: 1 },
            { x: 4, y: 5 },
        ])
    ).toBe(5);
});

test("a slip of the finger is no mark", () => {
    expect(isVisible(mark("arrow", [5, 5], [7, 6]), 20)).toBe(false);
    expect(isVisible(mark("arrow", [5, 5], [50, 6]), 20)).toBe(true);
    expect(isVisible({ ...mark("text", [5, 5]), text: "" }, 20)).toBe(false);
});
