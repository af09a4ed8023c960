import { describe, expect, test } from "@odoo/hoot";
import { advanceTime } from "@odoo/hoot-mock";
import { ApiError, RoomApi } from "@vet_teleconsult/core/api";

describe.current.tags("headless");

function makeApi(answers) {
    const requests = [];
    const api = new RoomApi({
        consultationId: 5,
        accessToken: "token",
        timeout: 1000,
        fetch: async (url, options) => {
            requests.push({ url, params: JSON.parse(options.body).params });
            const answer = answers.shift();
            return typeof answer === "function" ? answer(options) : answer;
        },
    });
    return { api, requests };
}

const ok = (result) => new Response(JSON.stringify({ jsonrpc: "2.0", id: 1, result }));
const unreachable = () => {
    throw new TypeError("Failed to fetch");
};
const failure = async (promise) => promise.then(() => null).catch((error) => error);

test("a request names the consultation and carries the owner's token", async () => {
    const { api, requests } = makeApi([ok({})]);
    await api.recording(7);
    expect(requests).toEqual([
        {
            url: "/vet_teleconsult/room/recording",
            params: { consultation_id: 5, access_token: "token", recording_id: 7 },
        },
    ]);
});

test("Odoo's refusal becomes an error with its sentence and next step", async () => {
    const refusal = { code: "link_expired", message: "This link has expired.", next_step: "Ask for a new one." };
    const { api } = makeApi([ok({ error: refusal })]);
    const error = await failure(api.ticket());
    expect(error).toBeInstanceOf(ApiError);
    expect(error.code).toBe("link_expired");
    expect(error.sentence).toBe("This link has expired.");
    expect(error.nextStep).toBe("Ask for a new one.");
    expect(error.transient).toBe(false);
});

test("a proxy's error page is a failure of the server that may pass", async () => {
    const { api } = makeApi([new Response("<html>Bad gateway</html>", { status: 502 })]);
    const error = await failure(api.ticket());
    expect(error.code).toBe("server");
    expect(error.transient).toBe(true);
});

test("an answer that never comes is given up after the timeout", async () => {
    const never = ({ signal }) =>
        new Promise((resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const { api } = makeApi([never]);
    const promise = failure(api.ticket());
    await advanceTime(1000);
    expect((await promise).code).toBe("timeout");
});

test("joining is tried again while Odoo cannot be reached", async () => {
    const { api, requests } = makeApi([unreachable, ok({ ticket: "t" })]);
    const promise = api.join();
    await advanceTime(2000);
    expect(await promise).toEqual({ ticket: "t" });
    expect(requests).toHaveLength(2);
});

test("what could do harm twice is not repeated behind the caller's back", async () => {
    const { api, requests } = makeApi([unreachable]);
    const error = await failure(api.ticket());
    expect(error.code).toBe("offline");
    expect(requests).toHaveLength(1);
});

test("a vet whose session has expired is told so", async () => {
    const { api } = makeApi([new Response(JSON.stringify({ error: { code: 100 } }))]);
    expect((await failure(api.ticket())).code).toBe("session_expired");
});
