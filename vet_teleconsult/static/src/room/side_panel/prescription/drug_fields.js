import { Component, onWillUnmount, useState } from "@odoo/owl";
import { ApiError } from "../../../core/api";

const SEARCH_DELAY = 250;

/** One drug: what, how strong, how to give it, how much of it. Edits the line that it is given. */
export class DrugFields extends Component {
    static template = "vet_teleconsult.DrugFields";
    static props = {
        line: Object,
        number: Number,
        routes: Array,
        isFoodAnimal: Boolean,
        removable: Boolean,
        onRemove: Function,
        onInput: Function,
        /** (term) => Promise<{products}> */
        findProducts: Function,
    };

    setup() {
        this.line = useState(this.props.line);
        this.state = useState({ products: [] });
        onWillUnmount(() => clearTimeout(this.timer));
    }

    get listId() {
        return `vet-products-${this.line.key}`;
    }

    onName() {
        const { name } = this.line;
        this.line.product_id = this.state.products.find((product) => product.name === name)?.id || null;
        clearTimeout(this.timer);
        if (!this.line.product_id) {
            this.timer = setTimeout(() => this.search(name), SEARCH_DELAY);
        }
    }

    async search(term) {
        try {
            const { products } = await this.props.findProducts(term);
            if (term === this.line.name) {
                this.state.products = products;
                this.line.product_id = products.find((product) => product.name === term)?.id || null;
            }
        } catch (error) {
            // Suggestions are a help: without them the drug is free text.
            if (!(error instanceof ApiError)) {
                throw error;
            }
        }
    }
}
