import { onMounted, onWillUnmount, useState } from "@odoo/owl";

/**
 * Full screen for an element. iPhones allow it for a single video only: there the element fills the window instead.
 *
 * @param {{el: HTMLElement|null}} ref
 * @returns {{active: boolean, filling: boolean, toggle: () => Promise<void>}}
 */
export function useFullScreen(ref) {
    const current = () => document.fullscreenElement || document.webkitFullscreenElement || null;
    const state = useState({
        active: false,
        filling: false,
        async toggle() {
            if (state.filling) {
                state.filling = state.active = false;
            } else if (current()) {
                await (document.exitFullscreen || document.webkitExitFullscreen).call(document);
            } else {
                await enter();
            }
        },
    });
    const enter = async () => {
        const request = ref.el.requestFullscreen || ref.el.webkitRequestFullscreen;
        try {
            if (!request) {
                throw new Error("no full screen for elements");
            }
            await request.call(ref.el);
        } catch {
            state.filling = state.active = true;
        }
    };
    const update = () => {
        state.active = state.filling || (Boolean(current()) && current() === ref.el);
    };
    const leave = (ev) => {
        if (ev.key === "Escape" && state.filling) {
            ev.stopPropagation();
            state.filling = state.active = false;
        }
    };
    onMounted(() => {
        document.addEventListener("fullscreenchange", update);
        document.addEventListener("webkitfullscreenchange", update);
        document.addEventListener("keydown", leave, { capture: true });
    });
    onWillUnmount(() => {
        document.removeEventListener("fullscreenchange", update);
        document.removeEventListener("webkitfullscreenchange", update);
        document.removeEventListener("keydown", leave, { capture: true });
    });
    return state;
}
