# SPDX-License-Identifier: BSD-3-Clause
"""Judgements over all runs together: is every verdict reached, is nobody flooded."""

import re

import bep15
import dissect
from lab import REPOSITORY
from suite import Case, check

# Verdicts that no capture file can bring about, and who does.
ELSEWHERE = {
    "kernel_passed": "tests/unit/test_io_exception.c (an interface of the kernel takes rights)",
    "kernel_limited": "tests/unit/test_io_exception.c (likewise)",
    "kernel_full": "tests/unit/test_io_exception.c (likewise)",
    "overload": "tests/unit/test_io_limits.c (a file is never longer than Weir can keep up with)",
    "tx_full": "tests/unit/test_io_loop.c (net_pcap takes whatever it is given)",
}


def declared_verdicts():
    text = (REPOSITORY / "lib/stats/verdict.def").read_text()
    return re.findall(r"^VERDICT\((\w+),", text, re.M)


def every_verdict_has_a_case(lab):
    problems = []
    reached = {name for run in lab.runs for _, name in run.verdicts}
    for name in declared_verdicts():
        if name in ELSEWHERE and name in reached:
            problems.append(f"{name} is reached here: take it out of the table")
        elif name not in ELSEWHERE and name not in reached:
            problems.append(f"{name}: no case reaches it")
    for name in set(ELSEWHERE) - set(declared_verdicts()):
        problems.append(f"{name} is not a verdict")
    check(not problems, "\n".join(problems))


class Ledger:
    """What went to and fro between the appliance and its senders in one run."""

    def __init__(self, run):
        self.ids = run.ids
        self.received = {}  # address -> lengths of its frames
        self.proved = set()  # (address, port, transaction id) of requests with an id of ours
        self.shared = set()  # the same, with an id of another address of the /64
        for frame in run.received:
            parsed = dissect.frame(frame)
            if parsed is None:
                continue
            self.received.setdefault(parsed.source, []).append(len(frame))
            self._note_proof(parsed)

    def _note_proof(self, parsed):
        if parsed.udp is None or len(parsed.udp[2]) < 16:
            return
        port, _, payload = parsed.udp
        connection_id = int.from_bytes(payload[:8], "big")
        sender, request = _Sender(parsed), (parsed.source, port, payload[12:16])
        if self.ids.is_authentic(connection_id, sender):
            self.proved.add(request)
        elif self.ids.is_shared(connection_id, sender):
            self.shared.add(request)

    def is_exempt(self, parsed):
        """Replies to a proved request; and advertisements, whose reader is on our link: hop
        limit 255 proved that when it asked (lib/net/ndp.h)."""
        if parsed.protocol == dissect.ICMPV6:
            return parsed.l4[0] == dissect.NEIGHBOUR_ADVERTISEMENT and parsed.hop_limit == 255
        return self._request_of(parsed) in self.proved

    def is_served(self, parsed):
        """Whether a reply may carry what the tracker knows, if it is short."""
        return self._request_of(parsed) in self.shared

    def _request_of(self, parsed):
        if parsed.udp is None or len(parsed.udp[2]) < 8:
            return None
        _, port, payload = parsed.udp
        return (parsed.destination, port, payload[4:8])


class _Sender:
    """A frame's sender, as ConnectionIds wants it."""

    def __init__(self, parsed):
        self.family = parsed.family
        self.packed = dissect.packed(parsed.source)


def _excess(run):
    """For each address: the k-th longest frame to it against the k-th longest from it."""
    ledger = Ledger(run)
    sent = {}
    for frame in run.sent:
        parsed = dissect.frame(frame)
        if parsed is None:
            yield f"{run.case}: sent a frame that cannot be read: {frame.hex()}"
        elif _is_own(parsed) or ledger.is_exempt(parsed):
            continue
        else:
            if _carries_data(parsed) and not ledger.is_served(parsed):
                yield f"{run.case}: announce or scrape answered without proof: {frame.hex()}"
            sent.setdefault(parsed.destination, []).append(len(frame))
    for address, lengths in sent.items():
        received = sorted(ledger.received.get(address, []), reverse=True)
        received += [0] * (len(lengths) - len(received))
        for out, back in zip(sorted(lengths, reverse=True), received):
            if out > back:
                yield f"{run.case}: {out} bytes to {address} for {back}"


def _is_own(parsed):
    """Questions of the appliance's own, to everybody on its link."""
    if parsed.family == "arp":
        return parsed.l4[6:8] == b"\0\1"
    return parsed.destination.startswith("ff02::")


def _carries_data(parsed):
    if parsed.udp is None:
        return False
    return int.from_bytes(parsed.udp[2][:4], "big") in (bep15.ANNOUNCE, bep15.SCRAPE)


def nobody_gets_more_than_it_sent(lab):
    problems = [problem for run in lab.runs for problem in _excess(run)]
    check(lab.runs, "there was no run to judge")
    check(not problems, "\n".join(problems))


CASES = [
    Case("audit: every verdict was reached", every_verdict_has_a_case),
    Case("audit: nobody unproved got a frame longer than its own", nobody_gets_more_than_it_sent),
]
