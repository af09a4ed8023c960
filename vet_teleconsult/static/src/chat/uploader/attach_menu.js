import { Component, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { hasCameraApp } from "./camera_app";
import { DOCUMENTS } from "./file_type";

/**
 * The button that attaches something: from the gallery, with the camera, recorded here, a document, the screen.
 */
export class AttachMenu extends Component {
    static template = "vet_teleconsult.AttachMenu";
    static components = { Icon };
    static props = {
        queue: Object,
        role: { type: String, validate: (role) => ["vet", "owner", "guest"].includes(role) },
        limits: { type: Object, optional: true },
        onRecord: { type: Function, optional: true },
        onRecordScreen: { type: Function, optional: true },
        /** Chooses among the files that the clinic has already. */
        onChooseKept: { type: Function, optional: true },
        /** What else can be put into the chat: {id, icon, label, run}. */
        documents: { type: Array, optional: true },
        disabled: { type: Boolean, optional: true },
    };

    setup() {
        this.DOCUMENTS = DOCUMENTS;
        this.state = useState({ open: false });
        this.root = useRef("root");
        this.toggle = useRef("toggle");
        this.menu = useRef("menu");
        this.inputs = Object.fromEntries(
            ["gallery", "photo", "video", "document"].map((name) => [name, useRef(`file-${name}`)])
        );
        this.onOutside = (event) => {
            if (!this.root.el.contains(event.target)) {
                this.close({ focus: false });
            }
        };
        useEffect(
            (open) => {
                if (open) {
                    document.addEventListener("pointerdown", this.onOutside, true);
                    this.items[0]?.focus();
                }
                return () => document.removeEventListener("pointerdown", this.onOutside, true);
            },
            () => [this.state.open]
        );
        onWillUnmount(() => document.removeEventListener("pointerdown", this.onOutside, true));
    }

    get choices() {
        const { role, onRecord, onRecordScreen, onChooseKept, documents = [] } = this.props;
        const canShare = Boolean(globalThis.navigator?.mediaDevices?.getDisplayMedia);
        return [
            { id: "gallery", icon: "photo", label: _t("Photos and videos"), input: "gallery", shown: true },
            { id: "photo", icon: "snapshot", label: _t("Take a photo"), input: "photo", shown: hasCameraApp() },
            { id: "video", icon: "film", label: _t("Take a video"), input: "video", shown: hasCameraApp() },
            { id: "record", icon: "camera", label: _t("Record here"), run: onRecord, shown: Boolean(onRecord) },
            { id: "document", icon: "document", label: _t("Document or sound"), input: "document", shown: true },
            {
                id: "screen",
                icon: "screen",
                label: _t("Record the screen"),
                run: onRecordScreen,
                shown: role === "vet" && Boolean(onRecordScreen) && canShare,
            },
            {
                id: "kept",
                icon: "paw",
                label: _t("From the patient's files"),
                run: onChooseKept,
                shown: role === "vet" && Boolean(onChooseKept),
            },
            ...documents.map((document) => ({ ...document, shown: role === "vet" })),
        ].filter(({ shown }) => shown);
    }

    get items() {
        return [...(this.menu.el?.querySelectorAll("[role=menuitem]") || [])];
    }

    open() {
        this.state.open = !this.state.open;
    }

    close({ focus = true } = {}) {
        this.state.open = false;
        if (focus) {
            this.toggle.el.focus();
        }
    }

    choose(choice) {
        this.close();
        if (choice.input) {
            // Within the person's own click: a browser opens a picker for no other reason.
            this.inputs[choice.input].el.click();
        } else {
            choice.run();
        }
    }

    onKeydown(event) {
        if (!this.state.open) {
            return;
        }
        const { items } = this;
        const position = items.indexOf(document.activeElement);
        const next = {
            ArrowDown: (position + 1) % items.length,
            ArrowUp: (position - 1 + items.length) % items.length,
            Home: 0,
            End: items.length - 1,
        }[event.key];
        if (next !== undefined) {
            event.preventDefault();
            items[next].focus();
        } else if (event.key === "Escape") {
            event.preventDefault();
            event.stopPropagation();
            this.close();
        } else if (event.key === "Tab") {
            this.close({ focus: false });
        }
    }

    onFiles(event, origin) {
        const { files } = event.target;
        if (files.length) {
            this.props.queue.add(files, { origin });
        }
        // So that the same file can be chosen again.
        event.target.value = "";
    }
}
