import { onMounted, onWillUnmount, useState } from "@odoo/owl";

/**
 * Render again whenever an emitter says so.
 *
 * @param {() => (EventTarget|null)[]} emitters
 * @param {string[]} [types]
 */
export function useChanges(emitters, types = ["change"]) {
    const state = useState({ changes: 0 });
    const onChange = () => state.changes++;
    let followed = [];
    onMounted(() => {
        followed = emitters().filter(Boolean);
        for (const emitter of followed) {
            types.forEach((type) => emitter.addEventListener(type, onChange));
        }
        onChange();
    });
    onWillUnmount(() => {
        for (const emitter of followed) {
            types.forEach((type) => emitter.removeEventListener(type, onChange));
        }
    });
    // Read while rendering, so that Owl knows who depends on it.
    return () => state.changes;
}
