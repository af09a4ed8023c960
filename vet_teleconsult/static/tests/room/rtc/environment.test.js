import { describe, expect, test } from "@odoo/hoot";
import { browserName, inAppBrowser, isIos, obstacle } from "@vet_teleconsult/room/rtc/environment";

describe.current.tags("headless");

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const SAFARI = `${IPHONE} Version/18.0 Mobile/15E148 Safari/604.1`;
const FACEBOOK = `${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/400.0]`;
const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

const scope = (userAgent, { media = true, secure = true, rtc = true } = {}) => ({
    isSecureContext: secure,
    navigator: { userAgent, platform: "", maxTouchPoints: 0, mediaDevices: media ? { getUserMedia() {} } : undefined },
    RTCPeerConnection: rtc ? class {} : undefined,
    RTCRtpTransceiver: rtc ? class {} : undefined,
    WebSocket: class {},
});

test("a current browser on a secure page has no obstacle", () => {
    expect(obstacle(scope(CHROME))).toBe(null);
});

test("an insecure page is the first thing to mend", () => {
    expect(obstacle(scope(CHROME, { secure: false, media: false }))).toEqual({ code: "insecure", fatal: true });
});

test("an app's browser without a camera cannot go on", () => {
    expect(obstacle(scope(FACEBOOK, { media: false }))).toEqual({ code: "in-app", app: "Facebook", fatal: true });
});

test("an app's browser that can may go on, with a hint", () => {
    expect(obstacle(scope(FACEBOOK))).toEqual({ code: "in-app", app: "Facebook", fatal: false });
});

test("a browser without WebRTC is unsupported", () => {
    expect(obstacle(scope(CHROME, { rtc: false }))).toEqual({ code: "unsupported", fatal: true });
});

test("browsers are told apart although they name each other", () => {
    expect(browserName({ userAgent: SAFARI })).toBe("safari");
    expect(browserName({ userAgent: CHROME })).toBe("chrome");
    expect(browserName({ userAgent: `${CHROME} Edg/140.0.0.0` })).toBe("edge");
    expect(browserName({ userAgent: "Mozilla/5.0 (X11; rv:140.0) Gecko/20100101 Firefox/140.0" })).toBe("firefox");
    expect(inAppBrowser({ userAgent: SAFARI })).toBe(null);
});

test("an iPad that calls itself a Mac is known by its touch points", () => {
    expect(isIos({ userAgent: "Mozilla/5.0 (Macintosh)", platform: "MacIntel", maxTouchPoints: 5 })).toBe(true);
    expect(isIos({ userAgent: "Mozilla/5.0 (Macintosh)", platform: "MacIntel", maxTouchPoints: 0 })).toBe(false);
});
