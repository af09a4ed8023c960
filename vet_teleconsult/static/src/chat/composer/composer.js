import { Component, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { Icon } from "../../core/icon/icon";
import { formatDate } from "../../core/times";
import { AttachMenu } from "../uploader/attach_menu";
import { UploadTray } from "../uploader/upload_tray";

/** A draft is kept a moment after the last key, ms. */
const DRAFT_DELAY = 400;

/** The box to write a message, with what is being sent above it; or the reason why nobody can write here. */
export class Composer extends Component {
    static template = "vet_teleconsult.Composer";
    static components = { AttachMenu, Icon, UploadTray };
    static props = {
        store: Object,
        autofocus: { type: Boolean, optional: true },
        onRecord: Function,
        onRecordScreen: Function,
        onChooseKept: { type: Function, optional: true },
        documents: { type: Array, optional: true },
    };

    setup() {
        const { store } = this.props;
        this.formatDate = formatDate;
        this.thread = useState(store.state);
        this.state = useState({ draft: store.draft });
        this.input = useRef("input");
        useEffect(
            (input) => {
                // Whoever comes with a mouse has a keyboard; on a phone it would cover half of the thread.
                if (input && this.props.autofocus && matchMedia("(hover: hover) and (pointer: fine)").matches) {
                    input.focus({ preventScroll: true });
                }
            },
            () => [this.input.el]
        );
        useEffect(
            (input) => input && this.fit(input),
            () => [this.input.el, this.state.draft]
        );
        onWillUnmount(() => {
            this.keepDraft();
            store.typing.stop();
        });
    }

    get store() {
        return this.props.store;
    }

    get canWrite() {
        // For the rendering to follow when the chat is locked or opened.
        return Boolean(this.thread.chat) && this.store.canWrite;
    }

    /** As tall as what is written, up to a limit that the style sets. */
    fit(input) {
        input.style.height = "auto";
        input.style.height = `${input.scrollHeight + input.offsetHeight - input.clientHeight}px`;
    }

    onInput(event) {
        this.state.draft = event.target.value;
        if (this.state.draft.trim()) {
            this.store.typing.typed();
        } else {
            this.store.typing.stop();
        }
        clearTimeout(this.draftTimer);
        this.draftTimer = setTimeout(() => this.keepDraft(), DRAFT_DELAY);
    }

    keepDraft() {
        clearTimeout(this.draftTimer);
        this.store.draft = this.state.draft;
    }

    send() {
        const body = this.state.draft.trim();
        if (body) {
            this.store.send(body);
            this.state.draft = "";
            // Typed and sent within one frame, the box has nothing to render: empty it by hand.
            this.input.el.value = "";
            this.keepDraft();
        }
        this.input.el.focus();
    }

    onKeydown(event) {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            this.send();
        }
    }
}
