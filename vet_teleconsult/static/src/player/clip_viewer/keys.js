/**
 * What keys do in the viewer. `Shift` and the arrows move the picture.
 *
 * @param {KeyboardEvent} ev
 * @returns {string|null} name of the command
 */
export function commandOf(ev) {
    if (ev.ctrlKey || ev.metaKey || ev.altKey) {
        return null;
    }
    if (ev.shiftKey && ev.key in MOVES) {
        return MOVES[ev.key];
    }
    return COMMANDS[ev.key] || COMMANDS[ev.key.toLowerCase()] || null;
}

const MOVES = {
    ArrowLeft: "moveLeft",
    ArrowRight: "moveRight",
    ArrowUp: "moveUp",
    ArrowDown: "moveDown",
};

const COMMANDS = {
    " ": "toggle",
    k: "playOrFreeze",
    j: "reverse",
    l: "forward",
    ArrowLeft: "stepBack",
    ",": "stepBack",
    ArrowRight: "stepForward",
    ".": "stepForward",
    ArrowUp: "faster",
    ArrowDown: "slower",
    Home: "toStart",
    End: "toEnd",
    "+": "zoomIn",
    "=": "zoomIn",
    "-": "zoomOut",
    0: "zoomReset",
    r: "rotate",
    i: "markStart",
    o: "markEnd",
    x: "clearLoop",
    m: "mute",
    f: "fullScreen",
    s: "still",
    t: "tap",
    "?": "help",
    Escape: "leave",
};

/** Commands that a key held down repeats. */
export const REPEATABLE = new Set([
    "stepBack",
    "stepForward",
    "moveLeft",
    "moveRight",
    "moveUp",
    "moveDown",
    "zoomIn",
    "zoomOut",
]);
