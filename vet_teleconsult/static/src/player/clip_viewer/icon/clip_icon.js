import { Component } from "@odoo/owl";

/** Drawn on a 24 by 24 grid with round strokes; `filled` ones have no stroke. */
const SHAPES = {
    play: "M7 4.500v15l12.500-7.500Z",
    pause: "M6.500 5h3.500v14H6.500ZM14 5h3.500v14H14Z",
    stepBack: "M17.500 6v12l-8.500-6ZM5.500 6H8v12H5.500Z",
    stepForward: "M6.500 6v12l8.500-6ZM16 6h2.500v12H16Z",
    zoomIn: "M10.500 4a6.500 6.500 0 1 0 0 13a6.500 6.500 0 1 0 0-13ZM15.500 15.500 21 21M7.500 10.500h6M10.500 7.500v6",
    zoomOut: "M10.500 4a6.500 6.500 0 1 0 0 13a6.500 6.500 0 1 0 0-13ZM15.500 15.500 21 21M7.500 10.500h6",
    fit: "M4 9V5a1 1 0 0 1 1-1h4M15 4h4a1 1 0 0 1 1 1v4M20 15v4a1 1 0 0 1-1 1h-4M9 20H5a1 1 0 0 1-1-1v-4M9 9h6v6H9Z",
    rotate: "M19 12a7 7 0 1 1-2.300-5.200M20 4v5h-5",
    loopStart: "M10 4H6v16h4M20 12H10M13 8.500 9.500 12l3.500 3.500",
    loopEnd: "M14 4h4v16h-4M4 12h10M11 8.500l3.500 3.500-3.500 3.500",
    loop: "M4 11V9.500A2.500 2.500 0 0 1 6.500 7H20M17 4l3 3-3 3M20 13v1.500a2.500 2.500 0 0 1-2.500 2.500H4M7 20l-3-3 3-3",
    fullScreen: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
    leaveFullScreen: "M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5",
    still: "M4 8h3l2-3h6l2 3h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1ZM12 10a3.500 3.500 0 1 0 0 7a3.500 3.500 0 1 0 0-7Z",
    count: "M2.500 12.500H7l2-5 3.500 10 2.500-7 1.500 2h5",
    compare: "M4 5h6.500v14H4ZM13.500 5H20v14h-6.500Z",
    help: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18ZM9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.7.300-1 .8-1 1.700M12 16.500v.01",
    link: "M10 14a4 4 0 0 0 5.700 0l3-3A4 4 0 0 0 13 5.300l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3A4 4 0 0 0 11 18.700l1-1",
    download: "M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 20h14",
    close: "M6 6l12 12M18 6 6 18",
    speaker: "M4 10v4h3l5 4V6L7 10ZM16 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11",
    muted: "M4 10v4h3l5 4V6L7 10ZM16 9.500l5 5M21 9.500l-5 5",
    select: "M6 4l12 7.500-5.500 1.200L15 18.500l-2.500 1-2.500-5.800L6 17Z",
    arrow: "M5 19 18 6M9.500 5.500H18.500V14.500",
    circle: "M12 4.500a7.500 7.500 0 1 0 0 15a7.500 7.500 0 1 0 0-15Z",
    freehand: "M4 18c3 1 4-9 7-9s0 8 3 8 3-6 6-6",
    text: "M5 7V5h14v2M12 5v14M9.500 19h5",
    measure: "M3 15.500 15.500 3 21 8.500 8.500 21ZM7 11.500l2 2M10.500 8l3 3M14 4.500l2 2",
    undo: "M9 5 4.500 9.500 9 14M5 9.500h8.500a5.500 5.500 0 0 1 0 11H10",
    redo: "M15 5l4.500 4.500L15 14M19 9.500h-8.500a5.500 5.500 0 0 0 0 11H14",
    bin: "M4.500 7h15M9.500 7V4.500h5V7M6.500 7l1 13h9l1-13M10.500 11v5.500M13.500 11v5.500",
    check: "M5 12.500l4.500 4.500L19 7.500",
    warning: "M12 4 2.500 20h19ZM12 10v4M12 17v.01",
    sound: "M4 10v4M8 7v10M12 4v16M16 8v8M20 10v4",
    document: "M6 3h8l5 5v13H6ZM14 3v5h5",
    linked: "M9 12h6M10 8H8a4 4 0 0 0 0 8h2M14 8h2a4 4 0 0 1 0 8h-2",
};
const FILLED = new Set(["play", "pause", "stepBack", "stepForward"]);

/** A picture beside or instead of a word; the word itself is the business of whoever shows it. */
export class ClipIcon extends Component {
    static template = "vet_teleconsult.ClipIcon";
    static props = { name: { type: String, validate: (name) => name in SHAPES } };

    get shape() {
        return SHAPES[this.props.name];
    }

    get filled() {
        return FILLED.has(this.props.name);
    }
}
