import { Component } from "@odoo/owl";

/** Drawn on a 24 by 24 grid with round strokes; `filled` ones have no stroke. */
const SHAPES = {
    microphone: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM6 11a6 6 0 0 0 12 0M12 17v4M9 21h6",
    camera: "M4 7h10a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1ZM15 11l6-3v8l-6-3",
    flip: "M4 10a8 8 0 0 1 14-4l2 2M20 3v5h-5M20 14a8 8 0 0 1-14 4l-2-2M4 21v-5h5",
    screen: "M4 4h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM8 20h8M12 16v4M12 13V7M9 10l3-3 3 3",
    settings: "M4 7h9M17 7h3M4 17h3M11 17h9M13 7a2 2 0 1 0 4 0a2 2 0 1 0-4 0M7 17a2 2 0 1 0 4 0a2 2 0 1 0-4 0",
    record: "M12 5a7 7 0 1 0 0 14a7 7 0 1 0 0-14Z",
    stop: "M7 7h10v10H7Z",
    phone: "M2.500 14.500c0-2 .8-3.200 2.200-4C6.900 9.300 9.400 8.700 12 8.700s5.100.6 7.300 1.800c1.400.8 2.200 2 2.200 4v.8a1.200 1.200 0 0 1-1.400 1.200l-3.400-.6a1.200 1.200 0 0 1-1-1.200v-1.700a12 12 0 0 0-7.400 0v1.700a1.200 1.200 0 0 1-1 1.200l-3.400.6a1.200 1.200 0 0 1-1.400-1.200Z",
    call: "M5 4h4l1.500 4.500-2.200 1.600a12 12 0 0 0 5.600 5.600l1.600-2.200L20 15v4a1.500 1.500 0 0 1-1.600 1.500A15.500 15.500 0 0 1 3.500 5.600 1.500 1.500 0 0 1 5 4Z",
    send: "M4 12 20 4l-5 16-4-7ZM11 13l9-9",
    warning: "M12 4 2.500 20h19ZM12 10v4M12 17v.01",
    info: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18ZM12 11v5M12 8v.01",
    copy: "M9 9h10v11H9ZM15 9V4H5v11h4",
    check: "M5 12.500l4.500 4.500L19 7.500",
    close: "M6 6l12 12M18 6 6 18",
    move: "M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3",
    speaker: "M4 10v4h3l5 4V6L7 10ZM16 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11",
    clock: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18ZM12 7v5l3 2",
    note: "M6 3h9l4 4v14H6ZM14 3v5h5M9 12h7M9 16h7",
    person: "M12 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8ZM4 21a8 8 0 0 1 16 0",
    play: "M7 4.500v15l12.500-7.500Z",
    download: "M12 4v11M7.500 10.500 12 15l4.500-4.500M5 20h14",
    down: "M6 9l6 6 6-6",
    back: "M15 5l-7 7 7 7",
    retry: "M19 12a7 7 0 1 1-2.100-5M19 3v4.500h-4.500",
    lock: "M6 11h12v9H6ZM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
    unlock: "M6 11h12v9H6ZM8.500 11V8a3.500 3.500 0 0 1 6.800-1.200",
    hand_over:
        "M9 4a3.500 3.500 0 1 0 0 7a3.500 3.500 0 1 0 0-7ZM2.500 20a6.500 6.500 0 0 1 13 0M15 8h6.500M18.500 5l3 3-3 3",
    chat: "M4 5h16v11H10l-4 4v-4H4Z",
    photo: "M4 5h16v14H4ZM4 16l4.500-4.500 4 4 3-3L20 17M15.500 9.500v.01",
    attach: "M20 11.500l-8.200 8.200a5 5 0 0 1-7.100-7.100l8.700-8.700a3.300 3.300 0 0 1 4.700 4.700l-8.500 8.500a1.700 1.700 0 0 1-2.400-2.400l7.800-7.800",
    snapshot:
        "M4 7h3.500L9 4.500h6L16.500 7H20a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1ZM12 9a4 4 0 1 0 0 8a4 4 0 1 0 0-8Z",
    film: "M4 5h16v14H4ZM8 5v14M16 5v14M4 9.700h4M4 14.300h4M16 9.700h4M16 14.300h4",
    document: "M6 3h8l4 4v14H6ZM14 3v4h4",
    quote: "M6 3h8l4 4v14H6ZM14 3v4h4M14.500 11a3 3 0 1 0 0 5M9 12.700h4M9 14.500h4",
    pause: "M9 5v14M15 5v14",
    prescription: "M6 3h8l4 4v14H6ZM14 3v4h4M12 10v7M8.500 13.500h7",
    cloud: "M7 18a4 4 0 0 1-.5-8A6 6 0 0 1 18 9.500a4.300 4.300 0 0 1-.5 8.500H7M12 20v-7M9 15.500l3-3 3 3",
    trash: "M4 7h16M9 7V4h6v3M6.500 7l1 13h9l1-13M10 11v5M14 11v5",
    paw: "M12 12c2.500 0 5 2.700 5 5.200 0 1.700-1.200 2.600-2.700 2.600-1 0-1.500-.5-2.300-.5s-1.300.5-2.300.5c-1.500 0-2.700-.9-2.700-2.600C7 14.700 9.500 12 12 12ZM5 9.500a1.800 2.200 0 1 0 .01 0ZM9.500 5a1.800 2.300 0 1 0 .01 0ZM14.500 5a1.800 2.300 0 1 0 .01 0ZM19 9.500a1.800 2.200 0 1 0 .01 0Z",
};
const FILLED = new Set(["play", "record", "stop", "phone", "paw"]);

/** A picture beside or instead of a word; the word itself is the business of whoever shows it. */
export class Icon extends Component {
    static template = "vet_teleconsult.Icon";
    static props = {
        name: { type: String, validate: (name) => name in SHAPES },
        crossed: { type: Boolean, optional: true },
    };

    get shape() {
        return SHAPES[this.props.name] + (this.props.crossed ? "M4 4l16 16" : "");
    }

    get filled() {
        return FILLED.has(this.props.name);
    }
}
