import { describe, expect, test } from "@odoo/hoot";
import { formatDuration, parseDate } from "@vet_teleconsult/core/times";

describe.current.tags("headless");

test("Odoo's own notation is read as UTC", () => {
    expect(parseDate("2026-05-01 10:00:00").toISOString()).toBe("2026-05-01T10:00:00.000Z");
});

test("ISO 8601 with an offset keeps it", () => {
    expect(parseDate("2026-05-01T12:00:00+02:00").toISOString()).toBe("2026-05-01T10:00:00.000Z");
});

test("a date without a time is read", () => {
    expect(parseDate("2026-05-01").toISOString()).toBe("2026-05-01T00:00:00.000Z");
});

test("what is no date gives none", () => {
    expect(parseDate("soon")).toBe(null);
    expect(parseDate(null)).toBe(null);
});

test("a duration shows hours only when there are any", () => {
    expect(formatDuration(133)).toBe("02:13");
    expect(formatDuration(3723)).toBe("1:02:03");
    expect(formatDuration(-4)).toBe("00:00");
});
