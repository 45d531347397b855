#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""One libtorrent session with one torrent, led over standard input.

A program of its own, because libtorrent keeps connection ids by tracker address for the whole
process: two sessions in one process would use each other's ids, which belong to one address.

Each line in is one JSON list, [command, arguments…]; each line out is the JSON answer to it.
"""

import json
import select
import sys

import libtorrent as lt

# Peers come from the tracker or not at all. uTP off, so that UDP is the tracker's alone.
SETTINGS = {
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_incoming_utp": False,
    "enable_outgoing_utp": False,
    "stop_tracker_timeout": 1,  # seconds that the end of the session may wait for the tracker
    "allow_multiple_connections_per_ip": True,
    "announce_to_all_tiers": True,
    "announce_to_all_trackers": True,
    "alert_mask": lt.alert.category_t.tracker_notification
    | lt.alert.category_t.status_notification
    | lt.alert.category_t.error_notification,
}
SOURCES = {
    "tracker": lt.peer_info.tracker,
    "dht": lt.peer_info.dht,
    "pex": lt.peer_info.pex,
    "lsd": lt.peer_info.lsd,
    "resume data": lt.peer_info.resume_data,
}


class Session:
    def __init__(self, options):
        settings = dict(SETTINGS, listen_interfaces=options["listen"])
        self.session = lt.session(settings)
        parameters = lt.add_torrent_params()
        parameters.ti = lt.torrent_info(options["torrent"])
        parameters.save_path = options["folder"]
        # Not led by the queue: it would start and stop the torrent at its own times.
        parameters.flags &= ~lt.torrent_flags.auto_managed
        parameters.flags &= ~lt.torrent_flags.paused
        parameters.flags |= lt.torrent_flags.disable_pex
        if "priorities" in options:
            parameters.file_priorities = options["priorities"]
        parameters.download_limit = options.get("download_limit", 0)
        self.handle = self.session.add_torrent(parameters)
        self.left = False
        self.replies, self.errors, self.scrapes, self.sources = [], [], [], set()

    def follow(self):
        """Keeps what the tracker said, and where peers came from."""
        for alert in self.session.pop_alerts():
            if isinstance(alert, lt.tracker_reply_alert):
                self.replies.append([alert.url, alert.num_peers])
            elif isinstance(alert, (lt.tracker_error_alert, lt.scrape_failed_alert)):
                self.errors.append(alert.message())
            elif isinstance(alert, lt.scrape_reply_alert):
                self.scrapes.append([alert.complete, alert.incomplete])
        for peer in self.handle.get_peer_info():
            self.sources.update(name for name, bit in SOURCES.items() if peer.source & bit)

    def look(self):
        status = self.handle.status()
        return {
            "progress": status.progress,
            "finished": status.is_finished,
            "seeding": status.is_seeding,
            "replies": self.replies,
            "errors": self.errors,
            "scrapes": self.scrapes,
            "sources": sorted(self.sources),
        }

    def scrape(self):
        self.handle.scrape_tracker()

    def reannounce(self):
        self.handle.force_reannounce(0, -1, lt.torrent_handle.ignore_min_interval)

    def leave(self):
        """Tells the tracker that we stop, as a client does when its user removes a torrent."""
        self.left = True  # the handle becomes invalid at a time of its own
        self.session.remove_torrent(self.handle)


def main():
    session = Session(json.loads(sys.argv[1]))
    while True:
        if not session.left:
            session.follow()
        if not select.select([sys.stdin], [], [], 0.02)[0]:
            continue
        line = sys.stdin.readline()
        if not line:
            return
        command, *arguments = json.loads(line)
        print(json.dumps(getattr(session, command)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
