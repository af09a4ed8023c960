import { Component, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { Icon } from "../../core/icon/icon";

/** A button that says how something stands, with what can be done about it (WAI-ARIA, menu button pattern). */
export class WorkflowMenu extends Component {
    static template = "vet_teleconsult.WorkflowMenu";
    static components = { Icon };
    static props = {
        icon: String,
        label: String,
        title: String,
        on: { type: Boolean, optional: true },
        /** [{id, icon, label}] */
        choices: Array,
        disabled: { type: Boolean, optional: true },
        /** Told the id of what was chosen. */
        onChoose: Function,
    };

    setup() {
        this.state = useState({ open: false });
        this.root = useRef("root");
        this.toggle = useRef("toggle");
        this.menu = useRef("menu");
        this.onOutside = (event) => {
            if (!this.root.el.contains(event.target)) {
                this.state.open = false;
            }
        };
        const forget = () => document.removeEventListener("pointerdown", this.onOutside, true);
        useEffect(
            (open) => {
                if (open) {
                    document.addEventListener("pointerdown", this.onOutside, true);
                    this.items[0].focus();
                }
                return forget;
            },
            () => [this.state.open]
        );
        onWillUnmount(forget);
    }

    get items() {
        return [...this.menu.el.querySelectorAll("[role=menuitem]")];
    }

    close() {
        this.state.open = false;
        this.toggle.el.focus();
    }

    choose(id) {
        this.close();
        this.props.onChoose(id);
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
            this.state.open = false;
        }
    }
}
