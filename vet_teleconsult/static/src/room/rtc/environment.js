/**
 * What this browser and this page allow, before any device is touched.
 */

/** Apps that open links in a browser of their own, most of which have no camera. */
const IN_APP = [
    [/FBAN|FBAV|FB_IAB/, "Facebook"],
    [/Instagram/, "Instagram"],
    [/WhatsApp/, "WhatsApp"],
    [/\bLine\//, "Line"],
    [/MicroMessenger/, "WeChat"],
    [/musical_ly|BytedanceWebview|TikTok/, "TikTok"],
    [/LinkedInApp/, "LinkedIn"],
    [/Snapchat/, "Snapchat"],
    [/Twitter/, "X"],
    [/\bGSA\//, "Google"],
    [/; wv\)/, "Android"],
];

/**
 * @param {Navigator} [navigator]
 * @returns {boolean} iPhone, iPad (which calls itself a Mac) or iPod
 */
export function isIos(navigator = globalThis.navigator) {
    return (
        /iPad|iPhone|iPod/.test(navigator.userAgent) ||
        (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1)
    );
}

export function isAndroid(navigator = globalThis.navigator) {
    return /Android/.test(navigator.userAgent);
}

/**
 * @param {Navigator} [navigator]
 * @returns {"chrome"|"edge"|"firefox"|"safari"|"samsung"|"other"}
 */
export function browserName(navigator = globalThis.navigator) {
    const agent = navigator.userAgent;
    if (/Edg(e|A|iOS)?\//.test(agent)) {
        return "edge";
    }
    if (/SamsungBrowser\//.test(agent)) {
        return "samsung";
    }
    if (/Firefox\/|FxiOS\//.test(agent)) {
        return "firefox";
    }
    if (/Chrome\/|CriOS\/|Chromium\//.test(agent)) {
        return "chrome";
    }
    return /Safari\//.test(agent) ? "safari" : "other";
}

/**
 * @param {Navigator} [navigator]
 * @returns {string|null} name of the app whose own browser shows this page
 */
export function inAppBrowser(navigator = globalThis.navigator) {
    return IN_APP.find(([pattern]) => pattern.test(navigator.userAgent))?.[1] || null;
}

/**
 * What stands in the way of a video call.
 *
 * @param {object} [scope] stands in for the window in tests
 * @returns {{code: "insecure"|"unsupported"|"in-app", app?: string, fatal: boolean}|null} `fatal` when no call is possible
 *   at all, not even one by text beside it
 */
export function obstacle(scope = globalThis) {
    const { navigator, RTCPeerConnection, isSecureContext } = scope;
    const app = inAppBrowser(navigator);
    const media = Boolean(navigator.mediaDevices?.getUserMedia);
    if (isSecureContext === false) {
        return { code: "insecure", fatal: true };
    }
    if (app && (!media || !RTCPeerConnection)) {
        return { code: "in-app", app, fatal: true };
    }
    if (!RTCPeerConnection || !scope.RTCRtpTransceiver || !scope.WebSocket) {
        return { code: "unsupported", fatal: true };
    }
    return app ? { code: "in-app", app, fatal: false } : null;
}
