import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import { Icon } from "../../core/icon/icon";
import { carriesFiles, droppedFiles, folderSentence, pastedFiles } from "./dropped_files";

const EDITABLE = "input, textarea, [contenteditable=''], [contenteditable=true]";

/**
 * Files that are dropped anywhere within it, or pasted while nothing outside of it has the focus, are sent.
 */
export class DropZone extends Component {
    static template = "vet_teleconsult.DropZone";
    static components = { Icon };
    static props = {
        queue: Object,
        disabled: { type: Boolean, optional: true },
        className: { type: String, optional: true },
        slots: { type: Object, optional: true },
    };

    setup() {
        this.root = useRef("root");
        this.state = useState({ over: false });
        /** Entering a child comes before leaving its parent: the file is over the zone while the count is not 0. */
        this.depth = 0;
        this.onPaste = (event) => this.paste(event);
        onMounted(() => document.addEventListener("paste", this.onPaste));
        onWillUnmount(() => document.removeEventListener("paste", this.onPaste));
    }

    enter(event) {
        if (this.takes(event)) {
            this.depth += 1;
            this.state.over = true;
        }
    }

    over(event) {
        if (this.takes(event)) {
            event.dataTransfer.dropEffect = "copy";
        }
    }

    leave(event) {
        if (this.takes(event)) {
            this.depth = Math.max(0, this.depth - 1);
            this.state.over = this.depth > 0;
        }
    }

    drop(event) {
        if (!this.takes(event)) {
            return;
        }
        this.depth = 0;
        this.state.over = false;
        const { files, folders } = droppedFiles(event.dataTransfer);
        folders.forEach((name) => this.props.queue.refuse(name, folderSentence()));
        if (files.length) {
            this.props.queue.add(files, { origin: "file" });
        }
    }

    /** @returns {boolean} whether it is ours; a browser would open the file in place of the page */
    takes(event) {
        if (!carriesFiles(event.dataTransfer)) {
            return false;
        }
        event.preventDefault();
        event.stopPropagation();
        if (this.props.disabled) {
            event.dataTransfer.dropEffect = "none";
            return false;
        }
        return true;
    }

    paste(event) {
        const { target } = event;
        const isHere = target === document.body || this.root.el.contains(target);
        if (this.props.disabled || !isHere || event.defaultPrevented) {
            return;
        }
        const files = pastedFiles(event.clipboardData, Boolean(target.closest?.(EDITABLE)));
        if (files.length) {
            event.preventDefault();
            this.props.queue.add(files, { origin: "file" });
        }
    }
}
