import { Component, onMounted, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** A note is saved a moment after the last key, so that nothing typed is lost with the page. */
const DRAFT_DELAY = 400;
/** What stands beside the note, for the owner. */
const FOR_OWNER = ["note_shared", "recommendations", "next_steps"];

/**
 * What the vet writes: the consultation note, formatted text that Odoo keeps (and sanitizes) on the consultation, and
 * what the owner takes home. What is typed but not saved is kept in the browser.
 */
export class Notes extends Component {
    static template = "vet_teleconsult.Notes";
    static props = {
        /** {note, note_shared, recommendations, next_steps} as they are kept */
        written: Object,
        template: { type: String, optional: true },
        /** Grows each time somebody asks to add a note: the template is put in and the editor takes the focus. */
        added: { type: Number },
        memory: { type: Object },
        /** Told how to save what is typed here, for as long as that is shown; null afterwards. */
        onTyping: { type: Function, optional: true },
        /** Saves what was changed, of `written`. */
        onSave: Function,
    };

    setup() {
        this.editor = useRef("editor");
        this.state = useState({
            status: "saved",
            problem: "",
            note_shared: false,
            recommendations: "",
            next_steps: "",
        });
        useEffect(
            (element) => {
                this.take(this.props.written);
                this.restore(this.props.memory.get("typed"));
                // Paragraphs, not bare lines: what Odoo's own editor makes, too.
                document.execCommand("defaultParagraphSeparator", false, "p");
                element.focus({ preventScroll: true });
            },
            () => [this.editor.el]
        );
        useEffect(
            () => {
                // Another tab or the form saved a note; what is being typed here comes first.
                if (this.state.status === "saved" && this.editor.el) {
                    this.take(this.props.written);
                }
            },
            () => ["note", ...FOR_OWNER].map((name) => this.props.written[name])
        );
        useEffect(
            (added) => {
                if (added) {
                    this.insertTemplate();
                }
            },
            () => [this.props.added]
        );
        onMounted(() => this.props.onTyping?.(() => this.save()));
        onWillUnmount(() => {
            this.props.onTyping?.(null);
            this.keepDraft();
        });
    }

    get html() {
        return this.editor.el?.innerHTML || "";
    }

    get empty() {
        return !this.editor.el?.textContent.trim();
    }

    /** What stands here, saved or not. */
    get typed() {
        const { note_shared, recommendations, next_steps } = this.state;
        return { note: this.html, note_shared, recommendations, next_steps };
    }

    /** What is not saved: the rest stays as others left it. */
    get changes() {
        return Object.fromEntries(Object.entries(this.typed).filter(([name, value]) => value !== this.kept[name]));
    }

    /** Show what is kept on the consultation. */
    take(written) {
        if ((written.note || "") !== this.html) {
            this.write(written.note);
        }
        this.state.note_shared = Boolean(written.note_shared);
        this.state.recommendations = written.recommendations || "";
        this.state.next_steps = written.next_steps || "";
        this.kept = this.typed;
    }

    /** Go on with what was typed before the page was loaded anew. */
    restore(draft) {
        if (!draft) {
            return;
        }
        const { note, ...others } = draft;
        if (note !== undefined) {
            this.write(note);
        }
        Object.assign(this.state, others, { status: "changed" });
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
            this.props.memory.set("typed", this.changes);
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

    /** @returns {Promise<boolean>} whether it is saved */
    async save() {
        const changes = this.changes;
        this.state.status = "saving";
        this.state.problem = "";
        try {
            if (Object.keys(changes).length) {
                await this.props.onSave(changes);
            }
        } catch (error) {
            this.state.status = "changed";
            this.keepDraft();
            this.state.problem =
                error.sentence || _t("The note could not be saved. It is kept here; please try again in a moment.");
            return false;
        }
        Object.assign(this.kept, changes);
        this.state.status = Object.keys(this.changes).length ? "changed" : "saved";
        if (this.state.status === "saved") {
            clearTimeout(this.draftTimer);
            this.props.memory.set("typed", null);
        }
        return true;
    }

    get isBlank() {
        return this.empty && !this.state.recommendations && !this.state.next_steps;
    }

    get status() {
        return {
            saved: this.isBlank ? "" : _t("Saved on the consultation."),
            saving: _t("Saving…"),
            changed: _t("Not saved yet."),
        }[this.state.status];
    }
}
