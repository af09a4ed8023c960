import { parseDate } from "../../core/times";

/** Messages of one author that follow each other within this time are one group, ms. */
const GROUP = 5 * 60 * 1000;

/**
 * What the thread shows, one below the other: messages with a separator at each new day, and before the first new one.
 *
 * @param {object[]} messages all that are loaded, oldest first
 * @param {number} start index of the first to show
 * @param {number} end index behind the last
 * @param {number|null} dividerId id of the first new message
 * @returns {{type: "day"|"news"|"message", key: string, date?: Date, message?: object, first?: boolean}[]}
 *   `first`: whether the message begins a group
 */
export function makeRows(messages, start, end, dividerId) {
    const rows = [];
    let before = messages[start - 1] || null;
    let dayBefore = null;
    for (let index = start; index < end; index++) {
        const message = messages[index];
        const date = parseDate(message.date) || new Date(0);
        const day = date.toDateString();
        const newDay = day !== dayBefore;
        const news = message.id === dividerId;
        if (newDay) {
            rows.push({ type: "day", key: `day-${day}`, date });
        }
        if (news) {
            rows.push({ type: "news", key: "news" });
        }
        rows.push({
            type: "message",
            key: `message-${message.id}`,
            message,
            first: newDay || news || !isSameGroup(before, message),
        });
        before = message;
        dayBefore = day;
    }
    return rows;
}

function isSameGroup(before, message) {
    return (
        before !== null &&
        before.role === message.role &&
        before.author === message.author &&
        before.author_key === message.author_key &&
        parseDate(message.date) - parseDate(before.date) < GROUP
    );
}
