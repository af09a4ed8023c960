import { ZOOM_STEP } from "./view/zoom_pan";

/** Of one press of a key that moves the picture, CSS pixels. */
const MOVE = 60;

/**
 * What the viewer can do just now, by the names that `keys.js` gives.
 *
 * @param {import("./clip_viewer").ClipViewer} viewer
 * @returns {Object<string, (repeated: boolean) => any>}
 */
export function commandsFor(viewer) {
    return {
        ...(viewer.hasPicture && pictureCommands(viewer)),
        ...(viewer.transport && playbackCommands(viewer)),
        fullScreen: () => viewer.fullScreen.toggle(),
        help: () => (viewer.state.help = !viewer.state.help),
        leave: () => viewer.leave(),
    };
}

function pictureCommands(viewer) {
    const { view } = viewer;
    return {
        zoomIn: () => view.zoomBy(ZOOM_STEP),
        zoomOut: () => view.zoomBy(1 / ZOOM_STEP),
        zoomReset: () => view.reset(),
        rotate: () => view.rotate(),
        still: () => (viewer.props.saveStill ? viewer.takeStill() : null),
        moveLeft: () => view.panBy(MOVE, 0),
        moveRight: () => view.panBy(-MOVE, 0),
        moveUp: () => view.panBy(0, MOVE),
        moveDown: () => view.panBy(0, -MOVE),
    };
}

function playbackCommands(viewer) {
    const { transport, tap } = viewer;
    const step = (by) => (repeated) => (repeated && transport.busy ? null : transport.step(by));
    return {
        toggle: () => (tap ? tap() : transport.toggle()),
        playOrFreeze: () => transport.toggle(),
        reverse: () => (transport.reversing ? transport.pause() : void transport.reverse()),
        forward: () => (transport.wanted ? transport.changeRate(1) : transport.play()),
        stepBack: step(-1),
        stepForward: step(1),
        faster: () => transport.changeRate(1),
        slower: () => transport.changeRate(-1),
        toStart: () => transport.toStart(),
        toEnd: () => transport.toEnd(),
        markStart: () => transport.markStart(),
        markEnd: () => transport.markEnd(),
        clearLoop: () => transport.clearLoop(),
        mute: () => transport.setSound({ muted: !transport.muted }),
        tap: () => (tap ? tap() : viewer.togglePanel("rate")),
    };
}
