# SPDX-License-Identifier: BSD-3-Clause
"""What the host stack answers is limited, and one sender cannot use up the limit of all."""

import ipaddress
import socket
import struct
import threading
import time

from bep15 import expect
from catalogue import test
from lab import QUICK, Lab
from process import Failure

TRACKER = ipaddress.ip_address("10.77.0.1").packed
FLOOD_RATE = 3000  # frames a second
TICK_S = 0.01
QUESTIONS, PAUSE_S = 40, 0.1
ETH_ALL = 3
OUTGOING = 4  # PACKET_OUTGOING: what we sent ourselves


def _sum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack(">H", total ^ 0xFFFF)


def _arp(mac, _to_mac, address):
    head = struct.pack(">6s6sHHHBBH", b"\xff" * 6, mac, 0x0806, 1, 0x0800, 6, 4, 1)
    return head + mac + address + bytes(6) + TRACKER


def _is_arp_reply(frame):
    return frame[12:14] == b"\x08\x06" and frame[20:22] == b"\0\2" and frame[28:32] == TRACKER


def _echo(mac, to_mac, address):
    message = struct.pack(">BBHHH", 8, 0, 0, 7, 1) + bytes(56)
    message = message[:2] + _sum(message) + message[4:]
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(message), 0, 0, 64, 1, 0, address, TRACKER)
    return to_mac + mac + b"\x08\x00" + ip[:10] + _sum(ip) + ip[12:] + message


def _is_echo_reply(frame):
    return frame[12:14] == b"\x08\x00" and frame[26:30] == TRACKER and frame[34:36] == b"\0\0"


class Asker:
    """A client of the lab that writes its frames itself."""

    def __init__(self, lab, number, build):
        client = lab.client(number)
        self.socket = client.socket(socket.AF_PACKET, socket.SOCK_RAW)
        lab.on_exit(self.socket.close)
        self.socket.bind(("eth0", ETH_ALL))
        self.socket.settimeout(PAUSE_S)
        mac = self.socket.getsockname()[4]
        to_mac = bytes.fromhex(lab.weir.mac().replace(":", ""))
        self.frame = build(mac, to_mac, ipaddress.ip_address(f"10.77.0.{number}").packed)

    def flood(self, stop):
        """FLOOD_RATE frames a second until told to stop, for twenty seconds at most."""
        began = time.monotonic()
        sent = 0
        while not stop.is_set() and (now := time.monotonic() - began) < 20:
            for _ in range(min(int(now * FLOOD_RATE) - sent, FLOOD_RATE // 10)):
                self.socket.send(self.frame)
                sent += 1
            time.sleep(TICK_S)
        self.rate = sent / (time.monotonic() - began)

    def ask(self, is_answer):
        """Whether an answer came back before the next question is due."""
        end = time.monotonic() + PAUSE_S
        answered = False
        self.socket.send(self.frame)
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                frame, origin = self.socket.recvfrom(2048)
            except socket.timeout:
                break
            answered |= origin[2] != OUTGOING and is_answer(frame)
        return answered


def _answered_beside_a_flooder(weir, build, is_answer):
    with Lab(weir, QUICK) as lab:
        lab.start_weir()
        flooder, fair = Asker(lab, 2, build), Asker(lab, 3, build)
        expect("answered without a flooder", fair.ask(is_answer), True)
        stop = threading.Event()
        thread = threading.Thread(target=flooder.flood, args=(stop,))
        thread.start()
        try:
            time.sleep(1)  # what the bucket had in store is gone
            answers = sum(fair.ask(is_answer) for _ in range(QUESTIONS))
        finally:
            stop.set()
            thread.join()
        if flooder.rate < FLOOD_RATE / 2:
            raise Failure(f"only {flooder.rate:.0f} frames a second were sent")
        limited = lab.weir.verdicts()
        expect("the flooder was limited", limited["arp_limited"] + limited["echo_limited"] > 0, True)
        if answers < QUESTIONS * 0.95:
            raise Failure(f"{answers} of {QUESTIONS} answered")


@test("ARP is answered while another host sends 3,000 requests a second", alone=True)
def arp_beside_a_flooder(weir):
    _answered_beside_a_flooder(weir, _arp, _is_arp_reply)


@test("ping is answered while another host sends 3,000 a second", alone=True)
def echo_beside_a_flooder(weir):
    _answered_beside_a_flooder(weir, _echo, _is_echo_reply)
