import { describe, expect, test } from "@odoo/hoot";
import { waitUntil } from "@odoo/hoot-dom";
import { advanceTime, tick } from "@odoo/hoot-mock";
import { ApiError } from "@vet_teleconsult/core/api";
import { MessageThread } from "@vet_teleconsult/room/side_panel/messages/message_thread";

describe.current.tags("headless");

class Keep {
    values = {};
    get(key) {
        return this.values[key] ?? null;
    }
    set(key, value) {
        this.values[key] = value;
    }
}

function makeThread({ answers = [], missed = [], memory = new Keep() } = {}) {
    const sent = [];
    const state = MessageThread.makeState();
    const api = {
        sendMessage: async (body, key) => {
            sent.push([body, key]);
            const answer = answers.shift();
            if (answer instanceof Error) {
                throw answer;
            }
            return answer;
        },
        messagesAfter: async (id) => missed.filter((message) => message.id > id),
    };
    const thread = new MessageThread({ state, api, participantId: "owner-9", memory });
    return { thread, state, sent, memory };
}

const stored = (id, body = "Hello") => ({ id, body, author: "Anna", role: "owner", date: "2026-05-01T10:00:00Z" });

test("a message that Odoo has taken stands in the thread once", async () => {
    const { thread, state } = makeThread({ answers: [stored(3)] });
    thread.send("Hello");
    await tick();
    thread.receive([{ ...stored(3), author_key: "owner-9" }]);
    expect(state.messages.map(({ id, mine }) => [id, mine])).toEqual([[3, true]]);
    expect(state.outgoing).toEqual([]);
});

test("while Odoo is away a message waits, and goes out with the same key when it is back", async () => {
    const { thread, state, sent } = makeThread({ answers: [new ApiError("offline"), stored(3)] });
    thread.send("Hello");
    await tick();
    expect(state.outgoing[0].status).toBe("pending");
    await advanceTime(3000);
    expect(state.outgoing).toEqual([]);
    expect(sent).toHaveLength(2);
    expect(sent[0][1]).toBe(sent[1][1]);
});

test("messages go out in the order in which they were written", async () => {
    const { thread, state, sent } = makeThread({
        answers: [new ApiError("timeout"), stored(1, "one"), stored(2, "two")],
    });
    thread.send("one");
    thread.send("two");
    await tick();
    await advanceTime(3000);
    await waitUntil(() => state.outgoing.length === 0);
    expect(sent.map(([body]) => body)).toEqual(["one", "one", "two"]);
});

test("a locked chat refuses the message, which is not lost, and locks the thread", async () => {
    const { thread, state } = makeThread({ answers: [new ApiError("chat_locked", "The chat is locked.")] });
    thread.send("Hello");
    await tick();
    expect(state.outgoing[0].status).toBe("failed");
    expect(state.outgoing[0].problem).toBe("The chat is locked.");
    expect(state.locked).toBe(true);
});

test("what waits survives a reload", async () => {
    const memory = new Keep();
    makeThread({ answers: [new ApiError("offline")], memory }).thread.send("Hello");
    await tick();
    const { thread, state, sent } = makeThread({ answers: [stored(3)], memory });
    thread.load({ state: "open", messages: [] });
    await tick();
    expect(sent[0][0]).toBe("Hello");
    expect(state.messages).toHaveLength(1);
    expect(memory.get("outgoing")).toBe(null);
});

test("a message that was written before another but became readable after it is not missed", async () => {
    const missed = [];
    const { thread, state } = makeThread({ missed });
    thread.load({ state: "open", messages: [stored(3), stored(5)] });
    missed.push(stored(4, "late"));
    await thread.catchUp();
    expect(state.messages.map(({ id }) => id)).toEqual([3, 4, 5]);
});

test("after a loss of the live connection nothing is missing, not even behind one's own message", async () => {
    const { thread, state } = makeThread({
        answers: [stored(5, "mine")],
        missed: [stored(4, "missed"), stored(5, "mine")],
    });
    thread.load({ state: "open", messages: [stored(3)] });
    thread.send("mine");
    await tick();
    await thread.catchUp();
    expect(state.messages.map(({ id }) => id)).toEqual([3, 4, 5]);
});
