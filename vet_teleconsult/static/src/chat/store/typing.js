/** How often a participant who goes on writing says so. */
const REPEAT = 4000;
/** Without a key for this long, nobody is writing any more. */
const IDLE = 5000;
/** Without news for this long, the other is taken to have stopped: the end of it may have been lost. */
const FORGET = 9000;

/** Who is writing at this moment: telling the others, and listening to them. */
export class Typing {
    /**
     * @param {object} options
     * @param {object} options.state reactive {typing: [{participant, name}]}
     * @param {(typing: boolean) => void} options.tell
     */
    constructor({ state, tell }) {
        Object.assign(this, { state, tell });
        this.told = 0;
        /** @type {Map<string, number>} timers by participant */
        this.timers = new Map();
    }

    /** A key was pressed in the message box. */
    typed() {
        if (Date.now() - this.told >= REPEAT) {
            this.told = Date.now();
            this.tell(true);
        }
        clearTimeout(this.idleTimer);
        this.idleTimer = setTimeout(() => this.stop(), IDLE);
    }

    /** The message was sent, or the box emptied or left. */
    stop() {
        clearTimeout(this.idleTimer);
        if (this.told) {
            this.told = 0;
            this.tell(false);
        }
    }

    /** @param {{participant: string, name: string, typing: boolean}} news of another participant */
    receive({ participant, name, typing }) {
        this.forget(participant);
        if (typing) {
            this.state.typing = [...this.state.typing, { participant, name }];
            this.timers.set(
                participant,
                setTimeout(() => this.forget(participant), FORGET)
            );
        }
    }

    /** @param {string} participant who has stopped, or whose message is there */
    forget(participant) {
        clearTimeout(this.timers.get(participant));
        this.timers.delete(participant);
        if (this.state.typing.some((entry) => entry.participant === participant)) {
            this.state.typing = this.state.typing.filter((entry) => entry.participant !== participant);
        }
    }

    close() {
        clearTimeout(this.idleTimer);
        this.timers.forEach((timer) => clearTimeout(timer));
        this.timers.clear();
    }
}
