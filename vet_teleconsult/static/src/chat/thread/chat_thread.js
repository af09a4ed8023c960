import { Component, markRaw, onMounted, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { lazyParts } from "../../core/lazy_parts";
import { Composer } from "../composer/composer";
import { typingSentence } from "../sentences";
import { DropZone } from "../uploader/drop_zone";
import { MessageLog } from "./message_log";

/**
 * One chat: its messages and files, who writes, and the box to write and attach. The same for the clinic and the owner,
 * in Odoo, in the room and on the owner's page.
 */
export class ChatThread extends Component {
    static template = "vet_teleconsult.ChatThread";
    static components = { Composer, DropZone, Icon, MessageLog };
    static props = {
        /** `ChatStore`; another one needs another `t-key`. */
        store: Object,
        /** Shows a file elsewhere than over the thread: {media, start}. */
        onOpenMedia: { type: Function, optional: true },
        /**
         * What a vet's place offers for documents: `choices`, what can be made here ({id, icon, label, run(chat)}), and
         * `open(document)`, which opens one without leaving the page and says whether it did.
         */
        documents: { type: Object, optional: true },
        /** Whether the message box takes the focus as soon as it is there. */
        autofocus: { type: Boolean, optional: true },
    };

    setup() {
        const { store } = this.props;
        this.root = useRef("root");
        this.thread = useState(store.state);
        this.state = useState({
            /** {component, media, others, start} of the file that is open, or null */
            viewer: null,
            /** {component, screen} of the recorder, or null */
            recorder: null,
            /** {component} that chooses from the files that the clinic has already */
            choosing: null,
            problem: "",
        });
        this.actions = {
            openMedia: (media, start = null) => this.openMedia(media, start),
            openPlace: (mediaId, time) => this.openPlace(mediaId, time),
            openDocument: (document) => this.props.documents?.open(document),
            openLink: (part, messageId) => this.openLink(part, messageId),
            retryMedia: (id) => store.retryMedia(id),
            refreshMedia: (id) => store.refreshMediaQuietly(id),
            retry: (key) => store.retry(key),
            discard: (key) => store.discard(key),
        };
        this.viewer = useRef("viewer");
        useEffect(
            (dialog) => dialog?.showModal(),
            () => [this.viewer.el]
        );
        onMounted(() => (this.hide = store.show()));
        onWillUnmount(() => this.hide());
    }

    get store() {
        return this.props.store;
    }

    get canUpload() {
        // For the rendering to follow when the chat is locked or opened.
        return Boolean(this.thread.chat) && this.store.canUpload;
    }

    get typing() {
        return typingSentence(this.thread.typing);
    }

    get notice() {
        return this.state.problem || this.thread.notice;
    }

    dismissNotice() {
        this.state.problem = "";
        this.store.dismissNotice();
    }

    // ---------------------------------------------------------------- viewer

    async openMedia(media, start = null) {
        if (this.props.onOpenMedia) {
            this.props.onOpenMedia({ media, start });
            return;
        }
        const component = await this.loadPart(() => lazyParts.clipViewer());
        if (component) {
            this.opener = document.activeElement;
            const others = this.store.media.filter(
                ({ id, kind, state }) =>
                    id !== media.id && state === "ready" && ["video", "photo", "still"].includes(kind)
            );
            this.state.viewer = markRaw({ component, media, others, start });
        }
    }

    /** Open a clip of the thread at a time; from one that is not loaded its description is fetched. */
    async openPlace(mediaId, time) {
        const known = this.store.media.find(({ id }) => id === mediaId);
        const media = known || (await this.store.fetchMedia(mediaId));
        if (media) {
            await this.openMedia(media, time);
        }
    }

    /** @returns {boolean} whether the link is ours to open */
    openLink({ mediaId, time }, messageId) {
        if (mediaId) {
            const known = this.store.media.some(({ id }) => id === mediaId);
            if (known) {
                this.openPlace(mediaId, time);
            }
            return known;
        }
        const clip = this.store.clipBefore(messageId);
        if (clip) {
            this.openMedia(clip, time);
        } else {
            this.state.problem = _t("There is no video before this message that the time could belong to.");
        }
        return true;
    }

    get viewerMedia() {
        const { media } = this.state.viewer;
        // For the rendering to follow what happens to the file.
        return (this.thread.messages.length && this.store.media.find(({ id }) => id === media.id)) || media;
    }

    get saveStill() {
        const { media } = this.state.viewer;
        if (!this.store.canUpload) {
            return null;
        }
        return async (blob, { timeCode, annotated, caption, post }) => {
            const name = `${media.name.replace(/\.[^.]+$/, "")} ${_t("still")}.${blob.type === "image/png" ? "png" : "jpg"}`;
            const file = new File([blob], name, { type: blob.type });
            this.store.queue.add([file], {
                origin: "still",
                parentId: media.id,
                timeCode,
                annotated,
                caption,
                posted: post,
            });
        };
    }

    get saveObservation() {
        if (this.store.role !== "vet") {
            return null;
        }
        const { id } = this.state.viewer.media;
        return (values) => this.store.api.saveObservation({ media_id: id, ...values });
    }

    /** @returns {(mediaId: number) => Promise<object>} for the file that is open, and for one beside it */
    get refreshViewed() {
        return (mediaId) => this.store.refreshMedia(mediaId);
    }

    /** Escape, or a phone's way back. Whoever is typing into the viewer means what they type. */
    onCancel() {
        if (!document.activeElement.matches("input, textarea, select")) {
            this.closeViewer();
        }
    }

    closeViewer() {
        if (!this.state.viewer) {
            return;
        }
        // Before the focus returns: behind a modal dialog nothing can take it.
        this.viewer.el?.close();
        this.state.viewer = null;
        this.returnFocus();
    }

    // -------------------------------------------------------------- recorder

    async openRecorder(screen = false) {
        const component = await this.loadPart(() => lazyParts.liveRecorder());
        if (component) {
            this.opener = this.root.el.querySelector("[data-test=attach]");
            this.state.recorder = markRaw({ component, screen });
        }
    }

    get recorderLimits() {
        const { max_bytes: maxBytes, max_recording_seconds: maxSeconds } = this.thread.chat.limits;
        return { maxBytes, maxSeconds };
    }

    onRecorded(file) {
        const { screen } = this.state.recorder;
        this.store.queue.add([file], { origin: screen ? "screen" : "recorded" });
        this.closeRecorder();
    }

    closeRecorder() {
        this.state.recorder = null;
        this.returnFocus();
    }

    // ------------------------------------------------- what is there already

    get documentChoices() {
        return (this.props.documents?.choices || []).map((choice) => ({
            ...choice,
            run: () => choice.run(this.thread.chat),
        }));
    }

    async chooseKept() {
        const component = await this.loadPart(() => lazyParts.mediaPicker());
        if (component) {
            this.opener = this.root.el.querySelector("[data-test=attach]");
            this.state.choosing = markRaw({ component });
        }
    }

    closeChoosing() {
        this.state.choosing = null;
        this.returnFocus();
    }

    // ------------------------------------------------------------------ help

    async loadPart(load) {
        this.state.problem = "";
        try {
            return await load();
        } catch (error) {
            console.warn(error);
            this.state.problem = _t("That could not be loaded. Check your connection and try again.");
            return null;
        }
    }

    returnFocus() {
        const { opener } = this;
        this.opener = null;
        if (opener?.isConnected) {
            opener.focus({ preventScroll: true });
        }
    }
}
