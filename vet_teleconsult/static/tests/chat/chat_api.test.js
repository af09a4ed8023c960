import { describe, expect, test } from "@odoo/hoot";
import { ChatApi } from "@vet_teleconsult/chat/chat_api";

describe.current.tags("headless");

function makeApi(identity, answer = {}) {
    const requests = [];
    const api = new ChatApi({
        ...identity,
        fetch: async (url, options) => {
            requests.push({ url, params: JSON.parse(options.body).params, keepalive: options.keepalive });
            return new Response(JSON.stringify({ jsonrpc: "2.0", id: 1, result: answer }));
        },
    });
    return { api, requests };
}

test("an owner by link names the chat and shows the link's token", async () => {
    const { api, requests } = makeApi({ chatId: 7, accessToken: "token" });
    await api.open();
    expect(requests[0].url).toBe("/vet_teleconsult/chat/open");
    expect(requests[0].params).toEqual({ chat_id: 7, access_token: "token" });
});

test("in a room the consultation stands for its chat", async () => {
    const { api, requests } = makeApi({ consultationId: 5, accessToken: "token" });
    await api.sendMessage("Hello", "key");
    expect(requests[0].params).toEqual({
        consultation_id: 5,
        access_token: "token",
        body: "Hello",
        client_key: "key",
        media_ids: [],
    });
});

test("a vet asks about the inbox without a chat", async () => {
    const { api, requests } = makeApi({});
    await api.inbox({ filter: "mine", search: "", ended: false, limit: 40, offset: 0 });
    expect(requests[0].params).toEqual({ filter: "mine", search: "", ended: false, limit: 40, offset: 0 });
});

test("older messages are asked for by the one they come before, later ones by the one they come after", async () => {
    const { api, requests } = makeApi({ chatId: 7 }, { messages: [], more: false });
    await api.messages({ beforeId: 12 });
    await api.messages({ afterId: 12, limit: 100 });
    expect(requests.map(({ params }) => params)).toEqual([
        { chat_id: 7, before_id: 12, limit: 50 },
        { chat_id: 7, after_id: 12, limit: 100 },
    ]);
});

test("that somebody went away is said even as the page closes", async () => {
    const { api, requests } = makeApi({ chatId: 7 });
    await api.look(true);
    await api.look(false);
    expect(requests.map(({ keepalive }) => keepalive)).toEqual([false, true]);
});
