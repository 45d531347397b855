# SPDX-License-Identifier: BSD-3-Clause
"""Chihaya, from Go's module proxy."""

from trackers.packages import install_module
from trackers.tracker import Tracker
from weir import PORT

VERSION = "v2.0.0-rc.2+incompatible"
PACKAGE = "github.com/chihaya/chihaya/cmd/chihaya"

# It was published before modules; dependencies are close to those of its glide.lock.
REQUIREMENTS = (
    ("github.com/chihaya/chihaya", VERSION),
    ("github.com/SermoDigital/jose", "v0.9.2-0.20161205224733-f6df55f235c2"),
    ("github.com/Sirupsen/logrus", "v0.11.5"),
    ("github.com/julienschmidt/httprouter", "v1.3.0"),
    ("github.com/mendsley/gojwk", "v0.0.0-20141217222730-4d5ec6e58103"),
    ("github.com/minio/sha256-simd", "v1.0.1"),
    ("github.com/prometheus/client_golang", "v0.9.4"),
    ("github.com/spf13/cobra", "v1.8.0"),
    ("github.com/stretchr/testify", "v1.8.4"),
    ("golang.org/x/sys", "v0.20.0"),
    ("gopkg.in/yaml.v2", "v2.4.0"),
)

_CONFIG = """\
chihaya:
  announce_interval: 15m
  prometheus_addr: "127.0.0.1:6880"
  max_numwant: 30
  default_numwant: 30
  max_scrape_infohashes: 50
  udp:
    addr: "{address}:{port}"
    allow_ip_spoofing: false
    max_clock_skew: 10s
    private_key: "a benchmark has no secrets"
    enable_request_timing: false
  storage:
    name: memory
    config:
      gc_interval: 14m
      peer_lifetime: 16m
      shards: 1024
      prometheus_reporting_interval: 1h
"""


class Chihaya(Tracker):
    name = "chihaya"
    version = f"chihaya {VERSION}"
    lists_self = True
    remark = "release of 2017: no later one is published as a module"

    @property
    def program(self):
        return self.folder / "bin/chihaya"

    def install(self):
        install_module(self.folder, PACKAGE, REQUIREMENTS)

    def command(self, folder, task):
        config = folder / "chihaya.yaml"
        config.write_text(_CONFIG.format(address=task.address, port=PORT))
        return [self.program, "--config", config], {}
