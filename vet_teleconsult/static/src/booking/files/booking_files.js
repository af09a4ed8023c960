import { Component, onMounted, onWillDestroy, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ChatApi } from "../../chat/chat_api";
import { ChatStore } from "../../chat/chat_store";
import { kindLabel } from "../../chat/sentences";
import { hasCameraApp } from "../../chat/uploader/camera_app";
import { DropZone } from "../../chat/uploader/drop_zone";
import { UploadTray } from "../../chat/uploader/upload_tray";
import { Icon } from "../../core/icon/icon";
import { LiveUpdates } from "../../core/live_updates";
import { mountWhenReady } from "../../portal/mount_page";

/**
 * The photos and videos of a booking: the chat's own uploader, before there is a consultation. On the pages after it
 * only what is still on its way shows, so that sending goes on while the owner does.
 */
export class BookingFiles extends Component {
    static template = "vet_teleconsult.BookingFiles";
    static components = { DropZone, Icon, UploadTray };
    static props = {
        store: Object,
        mode: { type: String, validate: (mode) => ["choose", "tray"].includes(mode) },
    };

    setup() {
        const { store } = this.props;
        this.thread = useState(store.state);
        this.hasCamera = hasCameraApp();
        this.live = null;
        onMounted(() => store.open());
        useEffect(
            (bus) => bus && this.startLive(bus),
            () => [this.thread.chat?.bus.channel && this.thread.chat.bus]
        );
        onWillDestroy(() => {
            this.live?.stop();
            store.close();
        });
    }

    startLive({ path, channel, last }) {
        if (this.live?.channel === channel) {
            return;
        }
        this.live?.stop();
        this.live = new LiveUpdates({ path, channel, last });
        this.props.store.follow(this.live);
        this.live.start();
    }

    get store() {
        return this.props.store;
    }

    get isReady() {
        return this.thread.status === "ready";
    }

    get chooses() {
        return this.props.mode === "choose";
    }

    /** @returns {object[]} what has arrived, oldest first */
    get sent() {
        return this.thread.messages.flatMap(({ media }) => media);
    }

    picture({ kind, poster_url: poster, url, state }) {
        return state === "ready" ? poster || (kind === "photo" ? url : null) : null;
    }

    describe({ kind, name, state, problem }) {
        if (state === "failed") {
            return problem || _t("The file could not be used.");
        }
        return kindLabel(kind) || name;
    }

    onFiles(event, origin) {
        const { files } = event.target;
        if (files.length) {
            this.store.queue.add(files, { origin });
        }
        // So that the same file can be chosen again.
        event.target.value = "";
    }
}

// Properties of the page: {chatId, accessToken, lang, mode}.
mountWhenReady("vet_booking_files", BookingFiles, ({ chatId, accessToken, mode }) => ({
    store: new ChatStore({ api: new ChatApi({ chatId, accessToken }) }),
    mode,
}));
