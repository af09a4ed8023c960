/**
 * Copies what `Devices` and `ScreenShare` hold into the reactive state that the components show.
 *
 * @param {object} local part `local` of the call's state
 * @param {import("./rtc/devices").Devices} devices
 * @param {import("./rtc/screen_share").ScreenShare} screenShare
 * @param {{get: Function}} memory
 * @returns {() => void} stops copying
 */
export function showLocalMedia(local, devices, screenShare, memory) {
    let shown = null;
    const update = () => {
        const { camera, microphone } = devices.tracks;
        local.microphone = Boolean(microphone && devices.wanted.microphone);
        local.camera = Boolean(camera);
        local.screen = Boolean(screenShare.track);
        local.problems = { ...devices.problems };
        local.canFlip = devices.canFlip;
        local.canShare = screenShare.supported;
        local.mirrored = devices.mirrored;
        local.selected = {
            microphone: microphone?.getSettings?.().deviceId || null,
            camera: camera?.getSettings?.().deviceId || null,
            speaker: local.selected.speaker || memory.get("speaker"),
        };
        if (camera !== shown) {
            shown = camera;
            local.cameraStream = camera ? new MediaStream([camera]) : null;
        }
    };
    const updateLists = () => {
        local.lists = { ...devices.lists };
        update();
    };
    const unsubscribe = [
        devices.on("tracks", update),
        devices.on("problem", update),
        devices.on("devices", updateLists),
        screenShare.on("tracks", update),
    ];
    update();
    return () => unsubscribe.forEach((stop) => stop());
}
