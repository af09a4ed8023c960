import { describe, expect, test } from "@odoo/hoot";
import { LARGEST_ZOOM, ZoomPan } from "@vet_teleconsult/player/clip_viewer/view/zoom_pan";

describe.current.tags("headless");

function viewOf(width = 640, height = 480) {
    const view = new ZoomPan();
    view.setStage(1000, 600);
    view.setPicture(width, height);
    return view;
}

const near = (point, expected) => {
    expect(point.x).toBeCloseTo(expected.x, { margin: 1e-6 });
    expect(point.y).toBeCloseTo(expected.y, { margin: 1e-6 });
};

test("the whole picture fits in the middle of the stage", () => {
    const view = viewOf();
    expect(view.scale).toBe(1.25);
    near(view.toStage({ x: 0, y: 0 }), { x: 100, y: 0 });
    near(view.toStage({ x: 640, y: 480 }), { x: 900, y: 600 });
});

test("whatever lies under the pointer stays there, from step to step", () => {
    const view = viewOf();
    for (const point of [
        { x: 110, y: 10 },
        { x: 700, y: 590 },
        { x: 300, y: 200 },
    ]) {
        const before = view.toPicture(point);
        view.zoomBy(1.4, point);
        near(view.toPicture(point), before);
    }
});

test("two fingers carry what lies between them along", () => {
    const view = viewOf();
    const [from, to] = [
        { x: 400, y: 300 },
        { x: 420, y: 280 },
    ];
    const before = view.toPicture(from);
    view.zoomBy(2, from, to);
    near(view.toPicture(to), before);
});

test("it goes from once to eight times", () => {
    const view = viewOf();
    view.zoomTo(100);
    expect(view.zoom).toBe(LARGEST_ZOOM);
    view.zoomTo(0.1);
    expect(view.zoom).toBe(1);
    expect(view.pan).toEqual({ x: 0, y: 0 });
});

test("the place where it fitted stays covered however far it is moved", () => {
    const view = viewOf();
    view.zoomTo(2);
    view.panBy(5000, 5000);
    near(view.toStage({ x: 0, y: 0 }), { x: 100, y: 0 });
    view.panBy(-9000, -9000);
    near(view.toStage({ x: 640, y: 480 }), { x: 900, y: 600 });
});

test("four quarter turns lead back, and each shows the part that was in the middle", () => {
    const view = viewOf();
    view.zoomTo(3, { x: 700, y: 200 });
    const middle = { x: 500, y: 300 };
    const before = view.toPicture(middle);
    for (let turn = 0; turn < 4; turn++) {
        view.rotate();
        near(view.toPicture(middle), before);
    }
    expect(view.quarters).toBe(0);
});

test("turned by a quarter, the picture's left edge is on top", () => {
    const view = viewOf();
    view.rotate();
    near(view.toStage({ x: 0, y: 240 }), { x: 500, y: 0 });
    near(view.toPicture({ x: 500, y: 600 }), { x: 640, y: 240 });
});

test("a partner of another size goes to the same part", () => {
    const first = viewOf();
    const second = viewOf(1920, 1080);
    first.partner = second;
    first.zoomTo(4, { x: 300, y: 450 });
    expect(second.zoom).toBe(4);
    const share = (view) => {
        const { x, y } = view.toPicture({ x: 500, y: 300 });
        return { x: x / view.picture.width, y: y / view.picture.height };
    };
    near(share(second), share(first));
});
