import { Component, markRaw, onMounted, onWillDestroy, onWillStart, useExternalListener, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ApiError } from "../core/api";
import { Icon } from "../core/icon/icon";
import { lazyParts } from "../core/lazy_parts";
import { LiveUpdates } from "../core/live_updates";
import { Memory } from "../core/memory";
import { Blocked } from "./blocked/blocked";
import { Call } from "./call/call";
import { connectionState, isRecorded, makeCallState } from "./call/call_state";
import { ConnectionStatus } from "./connection_status/connection_status";
import { ConsentDialog } from "./consent/consent_dialog";
import { ControlBar } from "./control_bar/control_bar";
import { checkDevices } from "./device_check/check_devices";
import { Farewell } from "./farewell/farewell";
import { Lobby } from "./lobby/lobby";
import { showLocalMedia } from "./local_media";
import { Notices } from "./notices/notices";
import { RecordingIndicator } from "./recording_indicator/recording_indicator";
import { roomNotices } from "./room_notices";
import { Devices } from "./rtc/devices";
import { obstacle } from "./rtc/environment";
import { ScreenShare } from "./rtc/screen_share";
import { consentSentence } from "./sentences";
import { SidePanel } from "./side_panel/side_panel";
import { Stage } from "./stage/stage";
import { WaitingRoom } from "./waiting/waiting_room";
import { WaitingStatus } from "./waiting/waiting_status";
import { keepAwake } from "./wake_lock";

/** Ends after which the room has nothing more to offer to this person. */
const SHUT = new Set(["cancelled", "revoked", "link_expired", "link_revoked", "access_denied", "removed", "replaced"]);
const POLL_INTERVAL = 10000;

/**
 * A consultation's room, the same for the vet (inside Odoo) and the owner (on a page of its own): device check, call,
 * messages, and for the vet notes and history. Depends on Owl and the translations only.
 */
export class Room extends Component {
    static template = "vet_teleconsult.Room";
    static components = {
        Blocked,
        ConnectionStatus,
        ConsentDialog,
        ControlBar,
        Farewell,
        Icon,
        Lobby,
        Notices,
        RecordingIndicator,
        SidePanel,
        Stage,
        WaitingStatus,
    };
    static props = {
        api: Object,
        consultationId: Number,
        /** `ChatStore` of the consultation's chat; made here by default. */
        chatStore: { type: Object, optional: true },
        /** What the thread offers for documents, see `ChatThread`. */
        documents: { type: Object, optional: true },
        /** The link to this room, for those who have to open it elsewhere. */
        link: { type: String, optional: true },
        /** Shows a recording in a component of its own: {player, reload, onClose}. */
        playerComponent: { type: Function, optional: true },
        /** What stands at the foot for a vet: {recordings, load, onAddNote, onView}. */
        historyComponent: { type: Function, optional: true },
        /** The vet's control bar, which owners' pages do not load: {consultationId, initial}. */
        workflowComponent: { type: Function, optional: true },
        /** The vet's notes and prescriptions, in the side panel: owners' pages do not load them. */
        notesComponent: { type: Function, optional: true },
        prescriptionsComponent: { type: Function, optional: true },
        /** The vet's list of guests, which owners' pages do not load: {guests, onChange}. */
        guestsComponent: { type: Function, optional: true },
        onFinish: { type: Function, optional: true },
        onClose: { type: Function, optional: true },
        /** Told whether a call is going on, so that nobody leaves it by accident. */
        onCallChange: { type: Function, optional: true },
    };

    setup() {
        const { consultationId } = this.props;
        this.choices = new Memory("localStorage", "devices");
        this.memory = new Memory("sessionStorage", `room.${consultationId}`);
        this.state = useState({
            /** "loading" | "blocked" | "lobby" | "call" | "left" */
            phase: "loading",
            blocked: null,
            checking: true,
            tab: "messages",
            noteAdded: 0,
            /** {parts, store} as soon as the chat's own bundle is there */
            chat: null,
            chatFailed: false,
            workspace: null,
            consultation: null,
            sound: null,
            shareFailed: false,
            player: null,
            /** How things stand until the vet comes; null for vets. */
            waiting: null,
            /** What this person's devices can do; null while that is being found out, undefined for vets. */
            deviceCheck: undefined,
        });
        this.call = useState(makeCallState());
        this.devices = new Devices({ memory: this.choices });
        this.screenShare = new ScreenShare();
        // The plain functions below outlive renderings, so they get the state that notifies.
        this.stopShowing = showLocalMedia(this.call.local, this.devices, this.screenShare, this.choices);
        this.devices.on("tracks", () => this.rememberCall());
        this.loadHistory = (page) => this.props.api.timeline(page);
        this.viewInRoom = (id) => this.viewRecording(id);
        onWillStart(() => this.load());
        // Whoever was in the call when the page was loaded anew comes back without being asked.
        onMounted(() => this.returning && this.startCall());
        onWillDestroy(() => this.destroyRoom());
        useExternalListener(window, "pagehide", () => this.controller?.stop());
        useExternalListener(window, "pageshow", (event) => event.persisted && location.reload());
    }

    // ------------------------------------------------------------- entering

    async load() {
        const found = obstacle();
        if (found?.fatal) {
            this.block(found.code, { app: found.app });
            return;
        }
        this.app = found?.app || null;
        // After a reload in the middle of a call nothing is sent that was turned off before.
        Object.assign(this.devices.wanted, this.memory.get("inCall"));
        // Devices and server at the same time: joining is a matter of seconds.
        const opening = this.checkDevices();
        try {
            this.bootstrap = markRaw(await this.props.api.join());
            this.ticket = { value: this.bootstrap.ticket, at: Date.now() };
        } catch (error) {
            this.devices.release();
            this.blockByError(error);
            return;
        }
        const { consultation, workspace } = this.bootstrap;
        this.state.consultation = consultation;
        this.state.workspace = workspace;
        this.startWaiting();
        this.startLive();
        if (this.isGuest) {
            this.state.tab = "patient";
        }
        this.returning = Boolean(this.memory.get("inCall"));
        if (!this.returning) {
            this.state.phase = "lobby";
            opening.then(() => this.reportDevices());
        }
    }

    /** Owners and guests wait for the vet; the other way round it is the vet's own business. */
    startWaiting() {
        if (!this.bootstrap.waiting) {
            return;
        }
        this.waiting = new WaitingRoom({
            api: this.props.api,
            show: (status) => (this.state.waiting = status),
        });
        this.waiting.start(this.bootstrap.waiting);
    }

    /** That there is a call, and which devices it wants: kept for a reload. */
    rememberCall() {
        if (this.controller) {
            this.memory.set("inCall", { ...this.devices.wanted });
        }
    }

    async checkDevices() {
        this.state.checking = true;
        await this.devices.open();
        this.state.checking = false;
    }

    async retryDevices() {
        this.devices.wanted.microphone = this.devices.wanted.camera = true;
        await this.checkDevices();
        await this.reportDevices();
    }

    /** Owners and guests see what their devices can do, and the clinic that of its owners. */
    async reportDevices() {
        if (this.role === "vet" || this.state.phase !== "lobby") {
            return;
        }
        this.state.deviceCheck = null;
        const result = await checkDevices({ devices: this.devices, bootstrap: this.bootstrap });
        this.state.deviceCheck = result;
        if (this.role !== "owner" || this.destroyed) {
            return;
        }
        try {
            await this.props.api.deviceCheck(result);
        } catch (error) {
            // The call does not wait for it: without it the vet sees no result, as with an older page.
            if (!(error instanceof ApiError)) {
                throw error;
            }
        }
    }

    block(code, details = {}) {
        this.state.blocked = { code, details };
        this.state.phase = "blocked";
    }

    blockByError(error) {
        if (!(error instanceof ApiError)) {
            throw error;
        }
        if (!error.transient) {
            // There is no call to come back to.
            this.memory.set("inCall", null);
        }
        this.block(error.code, { sentence: error.sentence, nextStep: error.nextStep });
    }

    retryEntering() {
        location.reload();
    }

    // ----------------------------------------------------------------- call

    join() {
        for (const kind of ["microphone", "camera"]) {
            if (this.devices.problems[kind]) {
                // Said in the lobby; in the call only if they try to turn it on.
                this.devices.wanted[kind] = false;
            }
        }
        this.startCall();
    }

    startCall() {
        this.controller = new Call({
            state: this.call,
            api: this.props.api,
            bootstrap: this.bootstrap,
            ticket: this.ticket,
            devices: this.devices,
            screenShare: this.screenShare,
            memory: this.memory,
        });
        // A ticket is for one entry.
        this.ticket = null;
        this.controller.signaling.on("ended", ({ reason }) => this.onEnded(reason));
        this.controller.signaling.on("refused", ({ code, error }) => this.onEnded(code, error));
        this.letSleep = keepAwake();
        this.rememberCall();
        this.state.phase = "call";
        this.props.onCallChange?.(true);
        this.controller.start();
        if (!this.state.chat && !this.isGuest) {
            this.loadChat();
        }
    }

    stopCall({ leave }) {
        this.controller?.stop({ leave });
        this.controller = null;
        this.memory.set("inCall", null);
        this.letSleep?.();
        this.state.sound = null;
        this.state.shareFailed = false;
        // What the call was (who was there, whether it was recorded) must not outlive it on the screen.
        Object.assign(this.call, { ...makeCallState(), local: this.call.local });
        this.screenShare.stop();
        this.devices.release();
        this.props.onCallChange?.(false);
    }

    hangUp() {
        this.stopCall({ leave: true });
        this.state.phase = "left";
    }

    async rejoin() {
        this.state.blocked = null;
        this.startCall();
        await this.devices.open();
    }

    onEnded(reason, error = null) {
        this.stopCall({ leave: false });
        if (reason === "revoked" && this.role !== "owner") {
            // The owner's link is no longer valid; vets and guests have tickets of their own.
            this.rejoin();
            return;
        }
        if (reason === "finished" && this.state.consultation) {
            this.state.consultation.state = "done";
        }
        const details = { sentence: error?.sentence, nextStep: error?.nextStep };
        this.state.blocked = { code: reason, details };
        this.state.phase = SHUT.has(reason) ? "blocked" : "left";
    }

    get connection() {
        if (this.state.phase === "lobby" || this.state.phase === "loading") {
            return "checking";
        }
        return this.state.phase === "call" ? connectionState(this.call) : "ended";
    }

    // Components below compare what they are given with what they had: fresh copies tell them that something changed.

    get local() {
        return { ...this.call.local };
    }

    get others() {
        return this.call.others.map((other) => ({ ...other }));
    }

    get role() {
        return this.bootstrap.participant.role;
    }

    get isGuest() {
        return this.role === "guest";
    }

    get canRecord() {
        return this.role === "vet" && this.bootstrap.recording?.policy !== "never";
    }

    get waitingText() {
        const { connection } = this;
        if (connection === "connecting") {
            return _t("Entering the room…");
        }
        if (connection === "reconnecting") {
            return _t("Reconnecting…");
        }
        const { consultation } = this.state;
        if (this.role === "vet") {
            return _t("Waiting for %s. They appear here by themselves.", consultation.owner?.name || "");
        }
        return this.state.waiting
            ? _t("You are in the waiting room.")
            : _t(
                  "You are in the waiting room. %s appears here as soon as they join; please stay on this page.",
                  consultation.vet?.name || consultation.clinic?.name || ""
              );
    }

    /** Whether it is the vet who is waited for, rather than a connection. */
    get isWaiting() {
        return Boolean(this.state.waiting) && this.connection === "waiting";
    }

    nameOf(id) {
        return this.call.others.find((other) => other.id === id)?.name || _t("another participant");
    }

    get notices() {
        if (this.state.phase !== "call") {
            return [];
        }
        return roomNotices({
            call: this.call,
            connection: this.connection,
            wanted: this.devices.wanted,
            playSound: this.state.sound,
            stopSharing: () => this.screenShare.stop(),
            shareFailed: this.state.shareFailed,
            nameOf: (id) => this.nameOf(id),
            waiting: this.state.waiting,
            clinic: this.state.consultation.clinic,
        });
    }

    // ------------------------------------------------------------- controls

    toggleMicrophone() {
        return this.devices.setMicrophone(!this.call.local.microphone);
    }

    toggleCamera() {
        return this.devices.setCamera(!this.call.local.camera);
    }

    flipCamera() {
        return this.devices.flip();
    }

    async toggleScreen() {
        this.state.shareFailed = false;
        if (this.screenShare.track) {
            this.screenShare.stop();
        } else {
            this.state.shareFailed = (await this.screenShare.start()) === "failed";
        }
    }

    toggleRecording() {
        const running = ["asking", "recording", "paused"].includes(this.call.recording.state);
        const { recording } = this.controller;
        return running ? recording.stop() : recording.request();
    }

    chooseDevice(kind, id) {
        if (kind === "speaker") {
            this.call.local.selected = { ...this.call.local.selected, speaker: id };
            this.choices.set("speaker", id);
            return null;
        }
        return this.devices.choose(kind, id);
    }

    onSoundBlocked(play) {
        const others = this.state.sound;
        this.state.sound = () => {
            others?.();
            play();
            this.state.sound = null;
        };
    }

    get consentProblem() {
        return consentSentence(this.call.consentError);
    }

    get canWithdraw() {
        return isRecorded(this.call);
    }

    // ------------------------------------------------------- live and notes

    startLive() {
        const { live } = this.bootstrap;
        this.live = new LiveUpdates({ path: live.websocket_path, channel: live.channel, last: live.last });
        this.live.on("notification", (message) => this.onNotification(message));
        this.live.on("status", (status) => (this.liveClosed = status === "closed"));
        this.live.start();
        // Odoo may answer requests although its WebSocket is away (a proxy that does not pass it on).
        this.pollTimer = setInterval(() => this.liveClosed && this.lookAgain(), POLL_INTERVAL);
    }

    lookAgain() {
        this.waiting?.refresh();
        return this.reloadWorkspace();
    }

    onNotification({ type, payload }) {
        if (type === "vet_teleconsult/consultation") {
            this.onConsultationChange(payload);
            this.waiting?.hint();
        } else if (type === "vet_teleconsult/line") {
            this.waiting?.hint();
        } else if (type === "vet_teleconsult/guest_removed") {
            this.onGuestRemoved(payload.participant);
        }
    }

    /** Also while the media service is away, nobody sends a removed guest anything any more. */
    onGuestRemoved(participant) {
        if (participant === this.bootstrap.participant.id) {
            this.onEnded("removed");
        } else {
            this.controller?.removeParticipant(participant);
        }
    }

    async changeGuests(action, values) {
        const { guests } = await this.props.api.changeGuests(action, values);
        this.state.workspace = { ...this.state.workspace, guests };
    }

    onConsultationChange({ state, cancel_reason: reason, rebook_url: rebookUrl }) {
        if (state) {
            this.state.consultation.state = state;
        }
        if (state === "cancelled" && this.state.phase !== "blocked") {
            this.onEnded("cancelled");
        } else if (state === "done" && this.state.phase !== "call" && this.role !== "vet") {
            this.onEnded("finished");
        }
        if (rebookUrl && this.state.blocked?.code === "cancelled") {
            this.state.blocked.details = {
                sentence: [_t("This consultation does not take place."), reason].filter(Boolean).join(" "),
                nextStep: _t("Book another time, or call the clinic."),
                rebookUrl,
            };
        }
        this.reloadWorkspace();
    }

    async reloadWorkspace() {
        if (this.role !== "vet") {
            return;
        }
        try {
            this.state.workspace = await this.props.api.workspace();
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
        }
    }

    showTab(tab) {
        this.state.tab = tab;
    }

    // ----------------------------------------------------------------- chat

    /** Comes with a bundle of its own, so that the lobby is there sooner and the call does not wait for it. */
    async loadChat() {
        this.state.chatFailed = false;
        try {
            const parts = await lazyParts.chat();
            if (this.destroyed) {
                return;
            }
            const { accessToken = null, consultationId } = this.props.api;
            const store = this.props.chatStore || parts.makeRoomChat({ consultationId, accessToken });
            store.follow(this.live);
            this.state.chat = markRaw({ parts, store });
            await store.open();
        } catch (error) {
            console.warn(error);
            this.state.chatFailed = true;
        }
    }

    onDragOver(event) {
        const { chat } = this.state;
        if (chat?.parts.holdFiles(chat.store, event)) {
            this.state.tab = "messages";
        }
    }

    onDrop(event) {
        const { chat } = this.state;
        chat?.parts.takeFiles(chat.store, event);
    }

    addNote() {
        this.state.tab = "notes";
        this.state.noteAdded += 1;
    }

    async saveNote(changes) {
        const written = await this.props.api.saveNote(changes);
        this.state.workspace = { ...this.state.workspace, ...written };
    }

    /**
     * Save what was typed beside the picture and not saved, before the consultation is finished.
     *
     * @returns {Promise<boolean>} whether nothing is left unsaved; the notes say why something is
     * @throws {ApiError} why it could not be saved, where the notes are not shown
     */
    async saveTyped() {
        if (this.saveShownNote) {
            return this.saveShownNote();
        }
        const draft = this.memory.get("typed");
        if (draft) {
            await this.saveNote(draft);
            this.memory.set("typed", null);
        }
        return true;
    }

    /** @returns {boolean|Promise<boolean>} whether the control bar may do what was pressed */
    beforeWorkflow(action) {
        return action !== "finish" || this.saveTyped();
    }

    onTyping(save) {
        this.saveShownNote = save;
    }

    showPrescribing(prescribing) {
        this.state.workspace = { ...this.state.workspace, prescribing };
    }

    async viewRecording(recordingId) {
        const reload = () => this.props.api.recording(recordingId);
        this.state.player = { id: recordingId, data: null, problem: "" };
        try {
            const data = markRaw(await reload());
            this.state.player = { id: recordingId, data, reload, problem: "" };
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            this.state.player.problem =
                [error.sentence, error.nextStep].filter(Boolean).join(" ") ||
                _t("The recording could not be opened. Please try again in a moment.");
        }
    }

    closePlayer() {
        this.state.player = null;
    }

    destroyRoom() {
        if (this.state.phase === "call") {
            this.stopCall({ leave: true });
        }
        clearInterval(this.pollTimer);
        this.waiting?.stop();
        this.live?.stop();
        this.destroyed = true;
        this.state.chat?.store.close();
        this.stopShowing();
        this.devices.close();
    }
}
