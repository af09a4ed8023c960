import { formatLength, lengthOf } from "./measure";
import { ellipseOf } from "./shapes";

/** Around everything, so that it stands out from any picture. */
const HALO = "rgba(0, 0, 0, 0.75)";

/** @returns {{stroke: number, letters: number}} sizes for a picture, in its pixels: the same on the screen and in the file */
export function sizesFor(width, height) {
    const reference = Math.sqrt(width * height);
    return { stroke: Math.max(2, reference / 180), letters: Math.max(12, reference / 24) };
}

/**
 * Draw marks in the picture's pixels; the same on the screen and into the file.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {import("./annotations").Mark[]} marks
 * @param {{width: number, height: number, scale: object|null, selected?: number|null}} options
 */
export function drawMarks(context, marks, { width, height, scale, selected = null }) {
    const sizes = sizesFor(width, height);
    for (const mark of marks) {
        context.save();
        context.lineCap = context.lineJoin = "round";
        context.font = `600 ${sizes.letters}px system-ui, sans-serif`;
        context.textBaseline = "middle";
        DRAW[mark.kind](context, mark, sizes, scale);
        if (mark.id === selected) {
            drawHandles(context, mark, sizes);
        }
        context.restore();
    }
}

/** Every line twice: the wide dark one below, the coloured one above. */
function stroke(context, colour, width, path) {
    for (const [style, lineWidth] of [
        [HALO, width * 2],
        [colour, width],
    ]) {
        context.strokeStyle = style;
        context.lineWidth = lineWidth;
        context.beginPath();
        path();
        context.stroke();
    }
}

function write(context, text, { x, y }, colour, sizes) {
    context.strokeStyle = HALO;
    context.lineWidth = sizes.letters / 4;
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
}

const DRAW = {
    arrow(context, { points: [tail, tip], colour }, sizes) {
        const angle = Math.atan2(tip.y - tail.y, tip.x - tail.x);
        const head = Math.min(sizes.letters * 0.9, Math.hypot(tip.x - tail.x, tip.y - tail.y) * 0.5);
        const barb = (turn) => [tip.x - head * Math.cos(angle + turn), tip.y - head * Math.sin(angle + turn)];
        stroke(context, colour, sizes.stroke, () => {
            context.moveTo(tail.x, tail.y);
            context.lineTo(tip.x, tip.y);
            context.moveTo(...barb(0.5));
            context.lineTo(tip.x, tip.y);
            context.lineTo(...barb(-0.5));
        });
    },

    circle(context, { points, colour }, sizes) {
        const { x, y, width, height } = ellipseOf(points);
        stroke(context, colour, sizes.stroke, () => context.ellipse(x, y, width, height, 0, 0, 2 * Math.PI));
    },

    freehand(context, { points, colour }, sizes) {
        stroke(context, colour, sizes.stroke, () => {
            context.moveTo(points[0].x, points[0].y);
            points.slice(1).forEach(({ x, y }) => context.lineTo(x, y));
        });
    },

    text(context, { points: [point], text, colour }, sizes) {
        write(context, text, point, colour, sizes);
    },

    measure(context, { points, colour }, sizes, scale) {
        const [from, to] = points;
        const angle = Math.atan2(to.y - from.y, to.x - from.x) + Math.PI / 2;
        const [x, y] = [Math.cos(angle) * sizes.letters * 0.4, Math.sin(angle) * sizes.letters * 0.4];
        stroke(context, colour, sizes.stroke, () => {
            context.moveTo(from.x, from.y);
            context.lineTo(to.x, to.y);
            for (const end of points) {
                context.moveTo(end.x - x, end.y - y);
                context.lineTo(end.x + x, end.y + y);
            }
        });
        const text = formatLength(lengthOf(points), scale);
        const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
        const side = y > 0 ? -1 : 1;
        context.textAlign = "center";
        write(context, text, { x: middle.x + side * x * 2.4, y: middle.y + side * y * 2.4 }, colour, sizes);
    },
};

function drawHandles(context, { kind, points }, sizes) {
    const ends = kind === "freehand" ? [points[0], points.at(-1)] : points;
    for (const { x, y } of ends) {
        context.beginPath();
        context.arc(x, y, sizes.stroke * 2.2, 0, 2 * Math.PI);
        context.fillStyle = "#fff";
        context.fill();
        context.strokeStyle = "#000";
        context.lineWidth = sizes.stroke / 2;
        context.stroke();
    }
}
