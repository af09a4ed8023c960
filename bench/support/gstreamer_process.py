"""GStreamer's ``webrtcbin`` without decoding, in a process of its own; the same JSON lines as ``recorder_process.py``.

Runs with the Python that has Debian's ``python3-gi``; needs ``gstreamer1.0-plugins-good``, ``-bad`` and ``-nice``.
"""
# mypy: disable-error-code="import-not-found, misc, type-arg"

import json
import resource
import sys
import threading
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")

from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

DEPAYLOADERS = {"VP8": "rtpvp8depay", "OPUS": "rtpopusdepay"}


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Pipeline:
    def __init__(self, path: Path) -> None:
        Gst.init(None)
        self.pipeline = Gst.parse_launch(
            f"webrtcbin name=rtc bundle-policy=max-bundle webmmux name=mux ! filesink location={path}"
        )
        self.rtc = self.pipeline.get_by_name("rtc")
        self.mux = self.pipeline.get_by_name("mux")
        self.rtc.connect("pad-added", self.link)
        self.gathered = threading.Event()
        self.rtc.connect("notify::ice-gathering-state", self.gathering)
        self.pads = {
            "VP8": self.mux.request_pad_simple("video_%u"),
            "OPUS": self.mux.request_pad_simple("audio_%u"),
        }
        self.pipeline.set_state(Gst.State.PLAYING)

    def gathering(self, *_: object) -> None:
        if self.rtc.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            self.gathered.set()

    def link(self, _: object, pad: Gst.Pad) -> None:
        name = pad.get_current_caps().get_structure(0).get_string("encoding-name").upper()
        depayloader = Gst.ElementFactory.make(DEPAYLOADERS[name])
        self.pipeline.add(depayloader)
        depayloader.sync_state_with_parent()
        pad.link(depayloader.get_static_pad("sink"))
        source = depayloader
        if name == "OPUS":
            # The muxer wants to know the channels, which RTP does not tell.
            source = Gst.ElementFactory.make("opusparse")
            self.pipeline.add(source)
            source.sync_state_with_parent()
            depayloader.link(source)
        source.get_static_pad("src").link(self.pads[name])

    def answer(self, offer: str) -> str:
        _, message = GstSdp.SDPMessage.new()
        GstSdp.sdp_message_parse_buffer(offer.encode(), message)
        description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.OFFER, message)
        self.call("set-remote-description", description)
        reply = self.call("create-answer", None)
        self.call("set-local-description", reply.get_value("answer"))
        for line in offer.splitlines():
            if line.startswith("a=candidate:"):
                self.rtc.emit("add-ice-candidate", 0, line[2:])
        self.gathered.wait(10)
        return str(self.rtc.get_property("local-description").sdp.as_text())

    def call(self, signal: str, argument: object) -> Gst.Structure:
        promise = Gst.Promise.new()
        self.rtc.emit(signal, argument, promise)
        promise.wait()
        return promise.get_reply()

    def stop(self) -> None:
        for pad in self.pads.values():
            pad.send_event(Gst.Event.new_eos())
        bus = self.pipeline.get_bus()
        bus.timed_pop_filtered(3 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        self.pipeline.set_state(Gst.State.NULL)


def main(folder: Path) -> None:
    path = folder / "file.webm"
    pipeline = Pipeline(path)
    threading.Thread(target=GLib.MainLoop().run, daemon=True).start()
    answer = pipeline.answer(json.loads(sys.stdin.readline())["offer"])
    print(json.dumps({"answer": answer}), flush=True)
    sys.stdin.readline()
    before = cpu_seconds()
    sys.stdin.readline()
    pipeline.stop()
    print(json.dumps({"cpu": cpu_seconds() - before, "file": str(path)}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
