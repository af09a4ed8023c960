import { Component, useState } from "@odoo/owl";
import { ChatApi } from "./chat_api";
import { ChatStore } from "./chat_store";
import { carriesFiles, droppedFiles, folderSentence } from "./uploader/dropped_files";

export { ChatThread } from "./thread/chat_thread";

/**
 * @param {object} options
 * @param {number} options.consultationId whose chat it is
 * @param {string|null} options.accessToken the owner's room token
 * @returns {ChatStore}
 */
export function makeRoomChat({ consultationId, accessToken }) {
    return new ChatStore({ api: new ChatApi({ consultationId, accessToken }) });
}

/** How many messages wait to be read, as a number on a tab. */
export class UnreadBadge extends Component {
    static template = "vet_teleconsult.UnreadBadge";
    static props = { store: Object };

    setup() {
        this.thread = useState(this.props.store.state);
    }
}

const canTake = (store) => store.state.status === "ready" && store.canUpload;

/**
 * A file is held over the room, beside the thread.
 *
 * @param {ChatStore} store
 * @param {DragEvent} event
 * @returns {boolean} whether it can be dropped here
 */
export function holdFiles(store, event) {
    if (!carriesFiles(event.dataTransfer)) {
        return false;
    }
    event.preventDefault();
    const taken = canTake(store);
    event.dataTransfer.dropEffect = taken ? "copy" : "none";
    return taken;
}

/**
 * Send what was dropped on the room, beside the thread.
 *
 * @param {ChatStore} store
 * @param {DragEvent} event
 */
export function takeFiles(store, event) {
    if (!carriesFiles(event.dataTransfer)) {
        return;
    }
    // A browser would open the file in place of the room.
    event.preventDefault();
    if (canTake(store)) {
        const { files, folders } = droppedFiles(event.dataTransfer);
        folders.forEach((name) => store.queue.refuse(name, folderSentence()));
        store.queue.add(files, { origin: "file" });
    }
}
