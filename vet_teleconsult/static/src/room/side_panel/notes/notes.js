import { Component, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** A note is saved a moment after the last key, so that nothing typed is lost with the page. */
const DRAFT_DELAY = 400;

/**
 * The vet's consultation note: formatted text that Odoo keeps (and sanitizes) on the consultation. What is typed but not
 * saved is kept in the browser.
 */
export class Notes extends Component {
    static template = "vet_teleconsult.Notes";
    static props = {
        note: { type: String },
        template: { type: String, optional: true },
        /** Grows each time somebody asks to add a note: the template is put in and the editor takes the focus. */
        added: { type: Number },
        memory: { type: Object },
        onSave: Function,
    };

    setup() {
        this.editor = useRef("editor");
        this.state = useState({ status: "saved", problem: "" });
        useEffect(
            (element) => {
                const draft = this.props.memory.get("note-draft");
                this.write(draft ?? this.props.note);
                this.state.status = draft === null ? "saved" : "changed";
                // Paragraphs, not bare lines: what Odoo's own editor makes, too.
                document.execCommand("defaultParagraphSeparator", false, "p");
                element.focus({ preventScroll: true });
            },
            () => [this.editor.el]
        );
        useEffect(
            (note) => {
                // Another tab or the form saved a note; what is being typed here comes first.
                if (this.state.status === "saved" && this.editor.el && note !== this.html) {
                    this.write(note);
                }
            },
            () => [this.props.note]
        );
        useEffect(
            (added) => {
                if (added) {
                    this.insertTemplate();
                }
            },
            () => [this.props.added]
        );
        onWillUnmount(() => this.keepDraft());
    }

    get html() {
        return this.editor.el?.innerHTML || "";
    }

    get empty() {
        return !this.editor.el?.textContent.trim();
    }

    write(html) {
        // Sanitized by Odoo when it was stored, or typed here by the same person.
        this.editor.el.innerHTML = html || "";
    }

    insertTemplate() {
        if (this.empty && this.props.template) {
            this.write(this.props.template);
            this.onInput();
        }
        this.editor.el.focus();
        this.placeCaret();
    }

    /** Behind the first paragraph (the template's first heading), in plain type. */
    placeCaret() {
        const range = document.createRange();
        range.selectNodeContents(this.editor.el.firstElementChild || this.editor.el);
        range.collapse(false);
        const selection = document.getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
        if (document.queryCommandState("bold")) {
            document.execCommand("bold");
            document.execCommand("insertText", false, " ");
        }
    }

    onInput() {
        this.state.status = "changed";
        clearTimeout(this.draftTimer);
        this.draftTimer = setTimeout(() => this.keepDraft(), DRAFT_DELAY);
    }

    keepDraft() {
        clearTimeout(this.draftTimer);
        if (this.state.status !== "saved" && this.editor.el) {
            this.props.memory.set("note-draft", this.html);
        }
    }

    onPaste(event) {
        // Foreign formatting would come along otherwise.
        event.preventDefault();
        document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
    }

    format(command) {
        this.editor.el.focus();
        document.execCommand(command);
        this.onInput();
    }

    onKeydown(event) {
        if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            this.save();
        }
    }

    async save() {
        const html = this.html;
        this.state.status = "saving";
        this.state.problem = "";
        try {
            await this.props.onSave(html);
            this.state.status = this.html === html ? "saved" : "changed";
            if (this.state.status === "saved") {
                this.props.memory.set("note-draft", null);
            }
        } catch (error) {
            this.state.status = "changed";
            this.keepDraft();
            this.state.problem =
                error.sentence || _t("The note could not be saved. It is kept here; please try again in a moment.");
        }
    }

    get status() {
        return {
            saved: this.empty ? "" : _t("Saved on the consultation."),
            saving: _t("Saving…"),
            changed: _t("Not saved yet."),
        }[this.state.status];
    }
}
