# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: BSD-3-Clause
# scripts/run --beside: Weir on an interface that stays the kernel's. Sourced by scripts/run, which has
# common.sh and makes $weir.

# Ends with a sentence where the interface cannot be shared, or the UDP port is in use.
beside_check() { # beside_check INTERFACE PORT
	local folder=/sys/class/net/$1 detail
	[[ $1 =~ ^[[:alnum:]_.@-]{1,15}$ && -d $folder ]] ||
		die "--beside $1: no such interface; there are: $(ls /sys/class/net)"
	[ "$1" != lo ] || die "--beside lo: XDP sockets need a network interface"
	[ "$(cat "$folder/type")" = 1 ] || die "--beside $1: it is no Ethernet interface"
	[ ! -e "$folder/master" ] ||
		die "--beside $1: it belongs to $(basename "$(readlink "$folder/master")"), which has the addresses"
	[ "$(cat "$folder/operstate")" != down ] || die "--beside $1: it is down: ip link set $1 up"
	beside_addresses "$1" | grep -q . ||
		die "--beside $1: it has no address on which clients could reach it: ip addr add … dev $1"
	[ "$(beside_queues "$1")" -le "$(beside_channels "$1")" ] ||
		die "--beside $1: it has $(beside_queues "$1") receive queues, and DPDK's driver can use $(beside_channels "$1"): packets of the others would get no reply"
	detail=$(ip -d link show dev "$1")
	! grep -qE 'prog/xdp|xdpgeneric|xdpoffload' <<<"$detail" ||
		die "--beside $1: it has an XDP program already, which would be in the way: end what put it there"
	detail=$(ss -Hluna "sport = :$2" 2>/dev/null)
	[ -z "$detail" ] ||
		die "--beside $1: UDP port $2 is in use, by another tracker or by the line that you are on (VPN, mosh): ss -ulpn 'sport = :$2'"
}

# The addresses that Weir will serve on, one a line.
beside_addresses() { # beside_addresses INTERFACE
	ip -o addr show dev "$1" scope global | awk '/tentative|dadfailed|temporary/ { next } { print $4 }'
}

beside_queues() { # beside_queues INTERFACE
	find "/sys/class/net/$1/queues" -name 'rx-*' | wc -l
}

# How many of them DPDK's driver can use: those that the kernel's driver calls combined channels.
beside_channels() { # beside_channels INTERFACE
	local combined
	combined=$(ethtool -l "$1" 2>/dev/null | awk '/^Current/ { now = 1 } now && /^Combined:/ { print $2 }')
	[[ $combined =~ ^[1-9][0-9]*$ ]] && echo "$combined" || echo 1
}

# The other end of the SSH connection that this is typed on, or nothing. sudo takes the variable away.
beside_ssh_peer() {
	local peer=${SSH_CONNECTION:-$(who -m 2>/dev/null | sed -n 's/.*(\([0-9a-f.:]*\)).*/\1/p')}
	echo "${peer%% *}"
}

# The gateway behind the interface, or nothing.
beside_gateway() { # beside_gateway INTERFACE
	ip route show default dev "$1" | awk '/via/ { print $3; exit }'
}

beside_show() { # beside_show INTERFACE PORT
	local driver=- line='' peer
	[ ! -e "/sys/class/net/$1/device/driver" ] ||
		driver=$(basename "$(readlink "/sys/class/net/$1/device/driver")")
	peer=$(beside_ssh_peer)
	[ -z "$peer" ] || ! ip route get "$peer" 2>/dev/null | grep -q " dev $1 " || line=yes
	cat <<TEXT
Weir beside the kernel on $1 (driver $driver, MTU $(cat "/sys/class/net/$1/mtu"), receive queues: $(beside_queues "$1"))
  Weir gets        UDP port $2 of $(beside_addresses "$1" | paste -sd ' ')
  the kernel keeps everything else: addresses, ARP, neighbour discovery, ping, TCP, other UDP ports
  it changes       one thing: an XDP program is on $1 while Weir runs. The kernel takes it off when Weir ends,
                   by kill -9 too. Some cards pause for up to a few seconds when it comes and goes.
TEXT
	[ -z "$line" ] || echo "  your SSH line    runs over $1. If the gateway does not answer any more, everything is taken back."
	echo
}

# The driver file for this interface and this build.
beside_config() { # beside_config INTERFACE FILE
	sed -e "s|iface=eth0|iface=$1|; s|queue_count=1|queue_count=$(beside_queues "$1")|" \
		-e "s|xdp_prog=[^,\"]*|xdp_prog=$builds/release/app/xdp/tracker_port.o|" \
		"$top/drivers-config/beside_kernel.cfg" >"$2"
}

beside_reaches() { ping -q -c 1 -W 1 -I "$1" "$2" >/dev/null 2>&1; } # beside_reaches INTERFACE ADDRESS

# Succeeds if the gateway answers as it did before, within 15 seconds, or did not before.
beside_line_holds() { # beside_line_holds INTERFACE GATEWAY-THAT-ANSWERED
	[ -n "$2" ] || return 0
	for _ in $(seq 15); do
		beside_reaches "$1" "$2" && return 0
	done
	return 1
}
