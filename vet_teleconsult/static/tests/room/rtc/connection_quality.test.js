import { describe, expect, test } from "@odoo/hoot";
import { isPoor } from "@vet_teleconsult/room/rtc/connection_quality";

describe.current.tags("headless");

const GOOD = { received: 500, lost: 2, roundTrip: 0.08, remoteLoss: 0.01, frozenShare: 0 };

test("a usual connection is good", () => {
    expect(isPoor(GOOD)).toBe(false);
});

test("loss in either direction, long ways and a frozen picture are poor", () => {
    expect(isPoor({ ...GOOD, lost: 60 })).toBe(true);
    expect(isPoor({ ...GOOD, remoteLoss: 0.15 })).toBe(true);
    expect(isPoor({ ...GOOD, roundTrip: 0.9 })).toBe(true);
    expect(isPoor({ ...GOOD, frozenShare: 0.5 })).toBe(true);
});

test("a handful of packets proves nothing", () => {
    expect(isPoor({ ...GOOD, received: 8, lost: 4 })).toBe(false);
});
