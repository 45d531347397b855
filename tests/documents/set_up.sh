# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Starts the tracker of everything.cfg, with an address at this end of its interface, unless it runs.
command -v socat dpdk-telemetry.py >/dev/null || apt-get install -y -qq curl socat dpdk-dev >/dev/null
cmp -s everything.cfg /etc/weir/weir.cfg && systemctl --quiet is-active weir weir-gateway && exit 0
install -m 644 everything.cfg /etc/weir/weir.cfg
install -d -o weir -g weir -m 750 /var/lib/weir/lists
for list in torrents clients networks keys; do
	install -o weir -g weir -m 600 /dev/null "/var/lib/weir/lists/$list"
done
# Their limit of starts is for operators, who do less in five minutes.
systemctl reset-failed 'weir*'
systemctl restart weir weir-gateway
ip link set weir0 up
ip address replace 10.77.0.2/24 dev weir0
