import { App } from "@odoo/owl";
import { translatedTerms, translationLoaded } from "@web/core/l10n/translation";
import { RecordingPlayer } from "@vet_teleconsult/player/recording_player/recording_player";

translatedTerms[translationLoaded] = true;

const FOLDER = "/src/player/recording_player";
const BITS = 16;

const load = async () => (await fetch("/player.json")).json();

const templates = document.implementation.createDocument(null, "templates");
for (const name of ["recording_player", "player_tile", "segment_media", "seek_bar"]) {
    const text = await (await fetch(`${FOLDER}/${name}.xml`)).text();
    const { documentElement } = new DOMParser().parseFromString(text, "text/xml");
    templates.documentElement.append(...documentElement.children);
}

const canvas = document.createElement("canvas");
canvas.width = BITS;
canvas.height = 1;
const context = canvas.getContext("2d", { willReadFrequently: true });

/** The position (ms) that a video's picture shows: the upper half's blocks, one bit each. */
function readPosition(video) {
    context.drawImage(video, 0, 0, video.videoWidth, video.videoHeight / 2, 0, 0, BITS, 1);
    const { data } = context.getImageData(0, 0, BITS, 1);
    let value = 0;
    for (let bit = 0; bit < BITS; bit++) {
        value = value * 2 + (data[bit * 4] > 127 ? 1 : 0);
    }
    return value;
}

const activeVideos = () =>
    [...document.querySelectorAll("[data-test=player-tile][data-active=true] [data-test=player-video]")].filter(
        (video) => video.videoWidth
    );

/** What each picture on the screen says at this moment. */
window.readPictures = () =>
    activeVideos().map((video) => ({
        participant: video.dataset.participant,
        source: video.dataset.source,
        position: readPosition(video),
    }));

/** Note at each repaint of the page what the cameras' pictures say and what the player says of itself. */
window.watchSteps = (count) =>
    new Promise((resolve) => {
        const samples = [];
        const note = () => {
            const { player } = window.vetTeleconsult;
            const pictures = window.readPictures().filter(({ source }) => source === "camera");
            if (player.status === "playing" && pictures.length >= 2) {
                const positions = pictures.map(({ position }) => position);
                const clocks = player.tiles().map(({ media }) => media * 1000);
                const rates = player.tiles().map(({ playbackRate }) => playbackRate / player.rate);
                samples.push({
                    pictures: Math.max(...positions) - Math.min(...positions),
                    clocks: Math.max(...clocks) - Math.min(...clocks),
                    skew: player.skew(),
                    rates,
                });
            }
            if (samples.length >= count) {
                resolve(samples);
            } else {
                requestAnimationFrame(note);
            }
        };
        requestAnimationFrame(note);
    });

const app = new App(RecordingPlayer, {
    templates,
    test: true,
    translateFn: (text) => text,
    props: { player: await load(), reload: load },
});
window.playerApp = app;
await app.mount(document.body);
