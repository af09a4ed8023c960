"""Sockets that are emptied in batches."""

import asyncio
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from media_sidecar.recording.sockets import (
    _SO_TIMESTAMPNS,
    _TIMESTAMP,
    DatagramPoller,
    PolledTransport,
    poll_instead,
)

from .conftest import Until


class Received(asyncio.DatagramProtocol):
    """Notes what a socket receives."""

    def __init__(self) -> None:
        self.data: list[bytes] = []
        self.arrivals: list[float] = []
        self.losses = 0

    def polled(self, data: bytes, address: tuple[Any, ...], arrival: float) -> None:
        self.data.append(data)
        self.arrivals.append(arrival)

    def connection_lost(self, error: Exception | None) -> None:
        self.losses += 1


@pytest.fixture
def sender() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        yield made


@pytest.fixture
def stamped() -> Iterator[None]:
    """The kernel stamps what arrives; it begins a moment after the first socket on the machine asks for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        asking.bind(("127.0.0.1", 0))
        while True:
            asking.sendto(b"", asking.getsockname())
            sent = time.time_ns()
            _, ancillary, _, _ = asking.recvmsg(0, 64)
            seconds, nanoseconds = _TIMESTAMP.unpack(ancillary[0][2])
            if seconds * 10**9 + nanoseconds <= sent:
                break
        yield


async def polled(received: Received) -> PolledTransport:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: received, local_addr=("127.0.0.1", 0))
    made = poll_instead(transport, DatagramPoller(), received.polled, received.connection_lost)
    assert made is not None
    return made


async def test_every_datagram_comes_in_order_and_with_the_time_at_which_it_came(
    sender: socket.socket, stamped: None, until: Until
) -> None:
    received = Received()
    transport = await polled(received)
    sent = []
    for number in range(100):
        sent.append(time.monotonic())
        sender.sendto(bytes((number,)), transport.get_extra_info("sockname"))
    sent.append(time.monotonic())
    await until(lambda: len(received.data) == 100)
    transport.close()
    assert received.data == [bytes((number,)) for number in range(100)]
    moments = zip(sent, received.arrivals, sent[1:], strict=False)
    assert all(before - 0.001 <= arrival <= after + 0.001 for before, arrival, after in moments)


async def test_the_time_is_right_where_the_machine_is_busy_between_two_clocks(
    sender: socket.socket, stamped: None, until: Until
) -> None:
    delays = iter((0.0, 0.3))

    def interrupted() -> float:
        return time.monotonic() + next(delays, 0.3)

    received = Received()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: received, local_addr=("127.0.0.1", 0))
    polling = poll_instead(transport, DatagramPoller(interrupted), received.polled, received.connection_lost)
    assert polling is not None
    before = time.monotonic()
    sender.sendto(b"now", polling.get_extra_info("sockname"))
    after = time.monotonic()
    await until(lambda: received.arrivals != [])
    polling.close()
    assert before - 0.001 <= received.arrivals[0] - 0.3 <= after + 0.001


async def test_the_socket_keeps_its_address_and_sends(sender: socket.socket, until: Until) -> None:
    received = Received()
    loop = asyncio.get_running_loop()
    original, _ = await loop.create_datagram_endpoint(lambda: received, local_addr=("127.0.0.1", 0))
    address = original.get_extra_info("sockname")
    transport = poll_instead(original, DatagramPoller(), received.polled, received.connection_lost)
    assert transport is not None
    sender.bind(("127.0.0.1", 0))
    sender.setblocking(False)
    transport.sendto(b"hello", sender.getsockname())
    data, source = await loop.sock_recvfrom(sender, 100)
    transport.close()
    assert (data, source) == (b"hello", address)


async def test_letting_the_first_transport_go_does_not_look_like_a_lost_connection(until: Until) -> None:
    received = Received()
    transport = await polled(received)
    await asyncio.sleep(0)
    assert received.losses == 0
    transport.close()
    transport.close()
    await until(lambda: received.losses > 0)
    assert received.losses == 1
    assert transport.is_closing()


async def test_a_poller_without_sockets_has_no_timer() -> None:
    received = Received()
    transport = await polled(received)
    poller = transport._poller
    assert poller._timer is not None
    transport.close()
    assert poller._timer is None
