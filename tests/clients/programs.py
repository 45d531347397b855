# SPDX-License-Identifier: BSD-3-Clause
"""Other people's BitTorrent programs, told to get peers from trackers alone.

Each function starts one in `client` on `torrent`, keeps all its files in `folder`, and returns
the process. It downloads into `downloads`.
"""

import json
import os
import subprocess


def _write_json(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


def _spawn(lab, client, folder, *command):
    os.makedirs(folder, exist_ok=True)
    log = open(os.path.join(folder, "log"), "w", encoding="utf-8")
    with log:
        return lab.spawn(
            client,
            *command,
            cwd=folder,
            env=dict(os.environ, HOME=folder, TERM="dumb"),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def transmission(lab, client, torrent, folder, downloads):
    settings = {
        "dht-enabled": False,
        "lpd-enabled": False,
        "pex-enabled": False,
        "utp-enabled": False,
        "rpc-enabled": False,
    }
    _write_json(os.path.join(folder, "config", "settings.json"), settings)
    return _spawn(
        lab,
        client,
        folder,
        "transmission-cli",
        "--no-portmap",
        "--port",
        "51413",
        "--config-dir",
        os.path.join(folder, "config"),
        "--download-dir",
        downloads,
        torrent.path,
    )


def aria2(lab, client, torrent, folder, downloads):
    # In aria2 the option for the DHT switches UDP trackers on, too. The torrent is private, so
    # it stays off the DHT, and there is no way out of the namespace anyway.
    return _spawn(
        lab,
        client,
        folder,
        "aria2c",
        "--no-conf=true",
        "--enable-dht=true",
        "--dht-listen-port=6900",
        f"--dht-file-path={folder}/dht.dat",
        "--enable-dht6=false",
        "--bt-enable-lpd=false",
        "--enable-peer-exchange=false",
        "--listen-port=6901",
        "--seed-time=60",
        "--summary-interval=0",
        "--console-log-level=info",
        f"--dir={downloads}",
        torrent.path,
    )


def rtorrent(lab, client, torrent, folder, downloads):
    # Without the check on completion it tells the tracker at once that it has completed.
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "rtorrent.rc")
    with open(path, "w", encoding="utf-8") as file:
        file.write(
            "network.port_range.set = 6990-6990\n"
            "trackers.use_udp.set = yes\n"
            "dht.mode.set = disable\n"
            "protocol.pex.set = no\n"
            f"session.path.set = {folder}\n"
            f"directory.default.set = {downloads}\n"
            "pieces.hash.on_completion.set = no\n"
            "system.daemon.set = true\n"
            f"log.open_file = tracker, {folder}/log\n"
            "log.add_output = tracker_debug, tracker\n"
        )
    return _spawn(lab, client, folder, "rtorrent", "-n", "-o", f"import={path}", torrent.path)
