import { loadBundle } from "@web/core/assets";

/**
 * Parts that are large and not the first thing wanted: on the pages without the web client they come with a bundle of
 * their own when they are asked for. Inside Odoo they are there already.
 */
export const lazyParts = {
    /** @returns {Promise<object>} the chat for the room: the module `chat/room_chat` */
    chat() {
        return load("@vet_teleconsult/chat/room_chat", "vet_teleconsult.assets_chat_thread");
    },

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

    /** @returns {Promise<import("@odoo/owl").ComponentConstructor>} `MediaPicker`: for vets, who are inside Odoo */
    async mediaPicker() {
        return odoo.loader.modules.get("@vet_teleconsult/chat/media_picker/media_picker").MediaPicker;
    },
};

/** @returns {Promise<object>} what a module exports */
async function load(module, bundle) {
    if (!odoo.loader.modules.has(module)) {
        await loadBundle(bundle);
    }
    return odoo.loader.modules.get(module);
}
