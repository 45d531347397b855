# SPDX-License-Identifier: BSD-3-Clause
"""Random content and the torrent that describes it."""

import hashlib
import os

PIECE_BYTES = 64 << 10


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Torrent:
    """`name` is a file of sizes[0] bytes in `folder`/seed, or a folder of several files there."""

    def __init__(self, folder, name, sizes, trackers):
        self.seed_folder = os.path.join(folder, "seed")
        self.path = os.path.join(folder, f"{name}.torrent")
        if len(sizes) == 1:
            self.files = [name]
        else:
            self.files = [os.path.join(name, f"file{i}") for i in range(len(sizes))]
        self._make_content(sizes)
        self._make_torrent(name, trackers)

    def _make_content(self, sizes):
        for file, size in zip(self.files, sizes):
            path = os.path.join(self.seed_folder, file)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as out:
                out.write(os.urandom(size))

    def _make_torrent(self, name, trackers):
        import libtorrent as lt  # here, so that tests can be listed and skipped without it

        storage = lt.file_storage()
        lt.add_files(storage, os.path.join(self.seed_folder, name))
        # Version 1 alone: a hybrid torrent announces twice, and every client here reads this.
        made = lt.create_torrent(storage, PIECE_BYTES, lt.create_torrent.v1_only)
        for tier, tracker in enumerate(trackers):
            made.add_tracker(tracker, tier)
        made.set_priv(True)  # peers from trackers only, whatever a client's settings say
        lt.set_piece_hashes(made, self.seed_folder)
        with open(self.path, "wb") as out:
            out.write(lt.bencode(made.generate()))
        self.info_hash = lt.torrent_info(self.path).info_hash().to_bytes()

    def same(self, folder, number=0):
        """Whether file `number` in `folder` is what was seeded."""
        path = os.path.join(folder, self.files[number])
        seeded = os.path.join(self.seed_folder, self.files[number])
        return os.path.exists(path) and sha256(path) == sha256(seeded)
