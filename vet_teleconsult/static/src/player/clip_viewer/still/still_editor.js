import { _t } from "@web/core/l10n/translation";
import { Component, onMounted, onWillUnmount, reactive, useEffect, useRef, useState } from "@odoo/owl";
import { ClipIcon } from "../icon/clip_icon";
import { explain } from "../sentences";
import { formatClock } from "../transport/clock";
import { Gestures } from "../view/gestures";
import { ZOOM_STEP, ZoomPan } from "../view/zoom_pan";
import { Annotations } from "./annotations";
import { CaptureError, toBlob } from "./capture";
import { drawMarks, sizesFor } from "./draw_marks";
import { lengthOf } from "./measure";
import { isVisible } from "./shapes";

/** Told apart by people who see few colours too, and from fur, skin and blood. */
export const COLOURS = ["#ffd400", "#ff5a4f", "#3fb6ff", "#5ce07b", "#ffffff"];
const UNITS = ["mm", "cm", "in"];
/** How near a finger must come to a mark, CSS pixels. */
const REACH = 16;

/** What was frozen: annotated, measured, captioned and kept in the clip's full resolution. */
export class StillEditor extends Component {
    static template = "vet_teleconsult.StillEditor";
    static components = { ClipIcon };
    static props = {
        /** `{picture: HTMLCanvasElement, timeCode: number|null}` */
        still: Object,
        save: Function,
        onClose: Function,
    };

    setup() {
        this.root = useRef("root");
        this.stage = useRef("stage");
        this.overlay = useRef("overlay");
        this.wording = useRef("wording");
        this.colours = COLOURS;
        this.units = UNITS;
        const { width, height } = this.props.still.picture;
        this.sizes = sizesFor(width, height);
        this.view = useState(reactive(new ZoomPan()));
        this.view.setPicture(width, height);
        this.annotations = useState(reactive(new Annotations()));
        this.state = useState({
            tool: "arrow",
            colour: COLOURS[0],
            draft: null,
            selected: null,
            writing: null,
            length: "",
            unit: "cm",
            caption: "",
            post: true,
            saving: false,
            problem: "",
        });
        onMounted(() => this.begin());
        onWillUnmount(() => this.end());
        useEffect(() => this.paint());
        useEffect(
            (input) => input?.focus(),
            () => [this.wording.el]
        );
    }

    begin() {
        const { el } = this.stage;
        const { picture } = this.props.still;
        picture.classList.add("o_vet_clip_picture");
        el.prepend(picture);
        this.resized = new ResizeObserver(() => this.view.setStage(el.clientWidth, el.clientHeight));
        this.resized.observe(el);
        this.view.setStage(el.clientWidth, el.clientHeight);
        this.gestures = new Gestures(el, {
            drag: (x, y) => this.onDrag(x, y),
            pinch: (factor, from, to) => this.view.zoomBy(factor, from, to),
            tap: (point) => this.onTap(point),
            doubleTap: () => {},
            draws: () => this.state.tool !== "select",
            draw: (phase, point) => this.draw(phase, this.view.toPicture(point)),
        });
        el.focus({ preventScroll: true });
    }

    end() {
        this.resized.disconnect();
        this.gestures.destroy();
    }

    get tools() {
        return [
            { id: "select", icon: "select", label: _t("Select and move"), key: "V" },
            { id: "arrow", icon: "arrow", label: _t("Arrow"), key: "A" },
            { id: "circle", icon: "circle", label: _t("Circle"), key: "C" },
            { id: "freehand", icon: "freehand", label: _t("Freehand"), key: "D" },
            { id: "text", icon: "text", label: _t("Text"), key: "T" },
            { id: "measure", icon: "measure", label: _t("Measure"), key: "M" },
        ];
    }

    get title() {
        const { timeCode } = this.props.still;
        return timeCode === null ? _t("Still") : _t("Still at %s", formatClock(timeCode));
    }

    get hint() {
        return {
            select: _t("Tap a mark to select it; drag to move."),
            arrow: _t("Draw from the tail to the tip."),
            circle: _t("Draw from corner to corner."),
            freehand: _t("Draw a line."),
            text: _t("Tap where the text begins."),
            measure: _t("Draw from one end to the other."),
        }[this.state.tool];
    }

    get selected() {
        return this.annotations.get(this.state.selected) || null;
    }

    get marks() {
        return this.state.draft ? [...this.annotations.marks, this.state.draft] : this.annotations.marks;
    }

    get colourNames() {
        return [_t("Yellow"), _t("Red"), _t("Blue"), _t("Green"), _t("White")];
    }

    get wordingStyle() {
        const { x, y } = this.view.toStage(this.state.writing.point);
        return `left: ${Math.max(0, Math.min(x, this.view.stage.width - 180))}px; top: ${y}px`;
    }

    /** Draw what is annotated over the picture, at the screen's resolution. */
    paint() {
        const { picture } = this.props.still;
        picture.style.transform = this.view.css;
        const { el } = this.overlay;
        const density = window.devicePixelRatio || 1;
        const { width, height } = this.view.stage;
        el.width = Math.round(width * density);
        el.height = Math.round(height * density);
        const context = el.getContext("2d");
        context.setTransform(...this.view.matrix.map((value) => value * density));
        const { scale } = this.annotations;
        const size = { width: picture.width, height: picture.height };
        drawMarks(context, this.marks, { ...size, scale, selected: this.state.selected });
    }

    // ------------------------------------------------------------------
    // Drawing
    // ------------------------------------------------------------------

    draw(phase, point) {
        const { tool } = this.state;
        if (tool === "text") {
            if (phase === "end") {
                this.startWriting(point);
            }
            return;
        }
        if (phase === "start") {
            this.state.selected = null;
            this.state.draft = { id: 0, kind: tool, colour: this.state.colour, points: [point, point] };
        } else if (phase === "cancel") {
            this.state.draft = null;
        } else if (this.state.draft) {
            this.extend(point);
            if (phase === "end") {
                this.finish();
            }
        }
    }

    extend(point) {
        const { draft } = this.state;
        const kept = draft.kind === "freehand" ? draft.points : draft.points.slice(0, 1);
        this.state.draft = { ...draft, points: [...kept, point] };
    }

    finish() {
        const { draft } = this.state;
        this.state.draft = null;
        if (isVisible(draft, this.sizes.letters)) {
            this.add(draft);
        }
    }

    add({ kind, colour, points, text }) {
        this.state.selected = this.annotations.add({ kind, colour, points, text });
    }

    /** By keyboard: a mark in the middle of what is seen, to be moved with the arrow keys. */
    addInMiddle() {
        const { tool, colour } = this.state;
        const { width, height } = this.view.stage;
        const middle = this.view.toPicture({ x: width / 2, y: height / 2 });
        if (tool === "text") {
            this.startWriting(middle);
        } else if (tool !== "select") {
            const reach = this.sizes.letters * 3;
            const end = { x: middle.x + reach, y: middle.y - (tool === "measure" ? 0 : reach) };
            this.add({ kind: tool, colour, points: [middle, end] });
        }
    }

    onTap(point) {
        const reach = REACH / this.view.scale;
        const mark = this.annotations.hit(this.view.toPicture(point), reach, this.sizes.letters);
        this.state.selected = mark?.id ?? null;
        if (mark) {
            this.state.colour = mark.colour;
        }
    }

    onDrag(x, y) {
        if (this.selected && this.state.tool === "select") {
            this.annotations.move(this.state.selected, x / this.view.scale, y / this.view.scale);
        } else {
            this.view.panBy(x, y);
        }
    }

    chooseTool(tool) {
        this.stopWriting();
        this.state.tool = tool;
        this.state.selected = null;
    }

    chooseColour(colour) {
        this.state.colour = colour;
        if (this.selected) {
            this.annotations.change(this.state.selected, { colour });
        }
    }

    remove() {
        this.annotations.remove(this.state.selected);
        this.state.selected = null;
    }

    // ------------------------------------------------------------------
    // Text
    // ------------------------------------------------------------------

    startWriting(point) {
        this.stopWriting();
        this.state.writing = { point, text: "" };
    }

    stopWriting() {
        const { writing } = this.state;
        this.state.writing = null;
        if (writing?.text.trim()) {
            this.add({ kind: "text", colour: this.state.colour, points: [writing.point], text: writing.text.trim() });
        }
    }

    onWritingKeydown(ev) {
        ev.stopPropagation();
        if (ev.key === "Escape") {
            this.state.writing = null;
        }
        if (["Escape", "Enter"].includes(ev.key)) {
            ev.preventDefault();
            this.stopWriting();
            this.stage.el.focus({ preventScroll: true });
        }
    }

    // ------------------------------------------------------------------
    // Measuring
    // ------------------------------------------------------------------

    get knownLength() {
        const length = Number(this.state.length.replace(",", "."));
        return Number.isFinite(length) && length > 0 ? length : null;
    }

    calibrate() {
        this.annotations.calibrate(lengthOf(this.selected.points), this.knownLength, this.state.unit);
        this.state.length = "";
    }

    // ------------------------------------------------------------------
    // Keys
    // ------------------------------------------------------------------

    onKeydown(ev) {
        if (ev.target.closest("input, select, textarea")) {
            return;
        }
        const action = ev.ctrlKey || ev.metaKey ? this.historyAction(ev) : this.actionOf(ev);
        if (action) {
            ev.preventDefault();
            ev.stopPropagation();
            action();
        }
    }

    historyAction(ev) {
        const key = ev.key.toLowerCase();
        if (key === "z") {
            return () => (ev.shiftKey ? this.annotations.redo() : this.annotations.undo());
        }
        return key === "y" ? () => this.annotations.redo() : null;
    }

    actionOf(ev) {
        const tool = this.tools.find(({ key }) => key.toLowerCase() === ev.key.toLowerCase());
        if (tool) {
            return () => this.chooseTool(tool.id);
        }
        const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
        if (ev.key in moves) {
            return () => this.nudge(moves[ev.key], ev.shiftKey);
        }
        const onStage = ev.target === this.stage.el;
        return {
            "+": () => this.view.zoomBy(ZOOM_STEP),
            "=": () => this.view.zoomBy(ZOOM_STEP),
            "-": () => this.view.zoomBy(1 / ZOOM_STEP),
            0: () => this.view.reset(),
            Delete: () => this.remove(),
            Backspace: () => this.remove(),
            Enter: onStage && (() => this.addInMiddle()),
            Escape: () => (this.state.selected ? (this.state.selected = null) : this.props.onClose()),
        }[ev.key];
    }

    /** The whole mark; with Shift its end alone. Without a mark, the picture. */
    nudge([x, y], end) {
        const { letters } = this.sizes;
        if (!this.selected) {
            this.view.panBy(-60 * x, -60 * y);
            return;
        }
        const from = end && this.selected.points.length > 1 ? 1 : 0;
        this.annotations.move(this.state.selected, (x * letters) / 4, (y * letters) / 4, from);
    }

    // ------------------------------------------------------------------
    // Keeping
    // ------------------------------------------------------------------

    /** @returns {HTMLCanvasElement} the picture with what is drawn on it, in full resolution */
    compose() {
        const { picture } = this.props.still;
        if (this.annotations.isEmpty) {
            return picture;
        }
        const canvas = document.createElement("canvas");
        const { width, height } = picture;
        Object.assign(canvas, { width, height });
        const context = canvas.getContext("2d");
        context.drawImage(picture, 0, 0);
        drawMarks(context, this.annotations.marks, { width, height, scale: this.annotations.scale });
        return canvas;
    }

    async save() {
        this.stopWriting();
        const { state } = this;
        state.saving = true;
        state.problem = "";
        try {
            await this.props.save(await toBlob(this.compose()), {
                timeCode: this.props.still.timeCode,
                annotated: !this.annotations.isEmpty,
                caption: state.caption.trim(),
                post: state.post,
            });
            this.props.onClose({ saved: true });
        } catch (error) {
            const otherwise = _t("The still could not be saved. Try again.");
            state.problem = error instanceof CaptureError ? error.message : explain(error, otherwise);
        } finally {
            state.saving = false;
        }
    }
}
