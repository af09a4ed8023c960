import { loadBundle } from "@web/core/assets";

/**
 * Components that are large and seldom the first thing wanted: they come with a bundle of their own when they are asked
 * for. Inside Odoo they are there already.
 */
export const lazyParts = {
    /** @returns {Promise<import("@odoo/owl").ComponentConstructor>} `ClipViewer` */
    async clipViewer() {
        const module = "@vet_teleconsult/player/clip_viewer/clip_viewer";
        return (await load(module, "vet_teleconsult.assets_clip_viewer")).ClipViewer;
    },

    /** @returns {Promise<import("@odoo/owl").ComponentConstructor>} `LiveRecorder` */
    async liveRecorder() {
        const module = "@vet_teleconsult/chat/capture/live_recorder";
        return (await load(module, "vet_teleconsult.assets_live_recorder")).LiveRecorder;
    },
};

async function load(module, bundle) {
    if (!odoo.loader.modules.has(module)) {
        await loadBundle(bundle);
    }
    return odoo.loader.modules.get(module);
}
