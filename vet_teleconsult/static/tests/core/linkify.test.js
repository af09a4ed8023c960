import { describe, expect, test } from "@odoo/hoot";
import { linkify } from "@vet_teleconsult/core/linkify";

describe.current.tags("headless");

test("a web address becomes a link, the words around it stay text", () => {
    expect(linkify("see https://clinic.example/a?b=1 please")).toEqual([
        { text: "see ", href: null },
        { text: "https://clinic.example/a?b=1", href: "https://clinic.example/a?b=1" },
        { text: " please", href: null },
    ]);
});

test("the full stop that ends a sentence is no part of the address", () => {
    expect(linkify("https://clinic.example.")).toEqual([
        { text: "https://clinic.example", href: "https://clinic.example" },
        { text: ".", href: null },
    ]);
});

test("an address that would run a script stays text", () => {
    expect(linkify("javascript:alert(1)")).toEqual([{ text: "javascript:alert(1)", href: null }]);
});

test("markup stays text", () => {
    const text = "<img src=x onerror=alert(1)>";
    expect(linkify(text)).toEqual([{ text, href: null }]);
});
