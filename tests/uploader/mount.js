import { App, Component, reactive, useState, xml } from "@odoo/owl";
import { translatedTerms, translationLoaded } from "@web/core/l10n/translation";
import { ChatApi } from "@vet_teleconsult/chat/chat_api";
import { LiveRecorder } from "@vet_teleconsult/chat/capture/live_recorder";
import { AttachMenu } from "@vet_teleconsult/chat/uploader/attach_menu";
import { DropZone } from "@vet_teleconsult/chat/uploader/drop_zone";
import { UploadQueue } from "@vet_teleconsult/chat/uploader/upload_queue";
import { UploadTray } from "@vet_teleconsult/chat/uploader/upload_tray";

translatedTerms[translationLoaded] = true;

const OWNER = "chat-1-owner-7";

const templates = document.implementation.createDocument(null, "templates");
for (const path of await (await fetch("/templates.json")).json()) {
    const text = await (await fetch(path)).text();
    const { documentElement } = new DOMParser().parseFromString(text, "text/xml");
    templates.documentElement.append(...documentElement.children);
}

/** A chat reduced to its foot: what is being sent, a box to write, the button to attach. */
class Chat extends Component {
    static components = { AttachMenu, DropZone, LiveRecorder, UploadTray };
    static props = ["queue", "limits"];
    static template = xml`
        <DropZone queue="props.queue" className="'chat'">
            <div class="thread" tabindex="0">Rex limps since yesterday.</div>
            <UploadTray queue="props.queue"/>
            <form class="composer">
                <AttachMenu queue="props.queue" role="'vet'" limits="props.limits"
                    onRecord="() => this.state.recorder = 'camera'"
                    onRecordScreen="() => this.state.recorder = 'screen'"/>
                <input class="o_vet_input" data-test="message-input" aria-label="Write a message" placeholder="Write a message"/>
            </form>
            <LiveRecorder t-if="state.recorder" screen="state.recorder === 'screen'" owner="'${OWNER}'"
                maxBytes="props.limits.max_bytes" maxSeconds="props.limits.max_recording_seconds"
                onDone.bind="onDone" onClose="() => this.state.recorder = null"/>
        </DropZone>
    `;

    setup() {
        this.state = useState({ recorder: null });
    }

    onDone(file) {
        const origin = this.state.recorder === "screen" ? "screen" : "recorded";
        this.state.recorder = null;
        this.props.queue.add([file], { origin });
    }
}

const api = new ChatApi({ chatId: 1, accessToken: "owner" });
const { limits, uploads } = await api.open();
const state = reactive(UploadQueue.makeState());
const queue = new UploadQueue({ api, state, limits, owner: OWNER, ...window.queueOptions });
window.uploads = { queue, state };

/** The files that were handed over, to compare with what arrives. */
window.handedOver = [];
const add = queue.add;
queue.add = (files, options) => {
    window.handedOver.push(...files);
    return add.call(queue, files, options);
};
window.digest = async (file) => {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};
window.bytesOf = async (file) => [...new Uint8Array(await file.arrayBuffer())];

/** What Odoo's bus does: tell of every change of a file. */
async function listen() {
    for (let after = 0; ;) {
        try {
            const { changes, last } = await (await fetch(`/bus?after=${after}`)).json();
            changes.forEach((media) => queue.mediaChanged(media));
            after = last;
        } catch {
            await new Promise((resolve) => setTimeout(resolve, 200));
        }
    }
}
if (!window.withoutBus) {
    listen();
}

await queue.restore(uploads);
const app = new App(Chat, { templates, test: true, translateFn: (text) => text, props: { queue, limits } });
window.chatApp = app;
await app.mount(document.body);
document.body.dataset.ready = "true";
