# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: BSD-3-Clause
# What the scripts share: where things are, Debian's packages, building. Sourced, not run.

set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
builds=${WEIR_BUILDS:-$top/build}

# The systems that the scripts know, as ID:VERSION_ID of /etc/os-release; README.md has their state.
# On others they warn and continue.
known_systems='debian:12 debian:13'

# Debian packages and their purpose. No name has a version in it, so one list serves all known
# systems.
packages_build=(
	gcc libc6-dev meson ninja-build pkg-config # the tool chain
	libdpdk-dev librte-meta-net                # DPDK and its drivers
	libconfig-dev                              # configuration files
	libsodium-dev                              # keys
	libpcap-dev                                # weir-load's capture files
	libjansson-dev                             # results and telemetry as JSON
	libmicrohttpd-dev                          # weir-gateway
	libncurses-dev                             # weirctl top
	libsystemd-dev libseccomp-dev              # services: readiness, watchdog, system call filters
	libbpf-dev libmnl-dev clang                # ports beside the kernel: XDP program, addresses
)
packages_run=(
	iproute2 # addresses on the host's end of the device
	dpdk-dev # dpdk-telemetry.py
	ethtool  # checksums on veth pairs
)
packages_beside=(
	iproute2     # what the kernel has on the interface
	iputils-ping # whether the gateway still answers
)
packages_host=(
	driverctl # gives a card to vfio-pci, at each boot
	ethtool   # firmware of cards
)
packages_demo=(python3-libtorrent tcpdump)

# What the groups of scripts/test need beside packages_build.
packages_unit=(libcmocka-dev)
packages_lint=(
	libcmocka-dev        # tests/ is compiled, too
	clang                # the second compiler
	clang-format         # style; skipped where it is not of version 14
	binutils             # readelf: hardening of the programs
	shellcheck codespell # style
	flake8               # mistakes in Python
	black                # its style; skipped where it is not of version 23
	node-typescript      # mistakes in the status page's scripts
)
packages_golden=(
	libcmocka-dev python3-scapy
	python3-yaml # weir-migrate
	zsh    # completions
	mandoc # man pages
)
packages_load=(libcmocka-dev "${packages_run[@]}")
packages_clients=(
	libcmocka-dev "${packages_run[@]}" "${packages_demo[@]}"
	transmission-cli aria2 rtorrent           # real clients
	tshark iputils-ping iputils-arping ndisc6 # tools that watch them
)
packages_sanitize=("${packages_golden[@]}" "${packages_run[@]}" python3-pyte)
packages_threads=(libcmocka-dev)
packages_observe=(
	libcmocka-dev python3-scapy "${packages_run[@]}"
	python3-yaml # rules for Prometheus
	chromium     # the status page
	python3-pyte # weirctl top's screen
	python3-jsonschema # the description of the REST interface
)
packages_sim=(libcmocka-dev) # tests/ is configured as a whole
packages_control=(libcmocka-dev python3-scapy "${packages_run[@]}")
packages_services=(libcmocka-dev debootstrap systemd-container) # systemd-nspawn
packages_failover=(
	libcmocka-dev "${packages_run[@]}"
	bird2 frr keepalived # the programs that announce, and that decide
)
packages_systems=(libcmocka-dev debootstrap)
packages_packages=(
	libcmocka-dev # tests/ is configured as a whole
	debootstrap systemd-container # fresh machines
	podman buildah runc   # the container
)
packages_package=(debhelper dh-python dpkg-dev build-essential fakeroot) # scripts/package
packages_documents=(libcmocka-dev debootstrap systemd-container)
packages_fuzz=(
	libcmocka-dev          # tests/ is configured as a whole
	clang libclang-rt-dev  # libFuzzer and its sanitizers
	afl++                  # the second engine
)
packages_models=(
	libcmocka-dev # tests/ is configured as a whole
	spin
)
packages_coverage=( # those of the groups that it runs
	"${packages_golden[@]}" "${packages_observe[@]}" "${packages_control[@]}" "${packages_clients[@]}"
)
packages_torture=(libcmocka-dev python3-scapy "${packages_run[@]}")
packages_machines=(
	libcmocka-dev              # tests/ is configured as a whole
	debootstrap e2fsprogs      # systems, and file systems of them
	qemu-system-x86 qemu-utils # machines, and their disks
)
packages_bench=(
	libjansson-dev # results as JSON
	libcmocka-dev  # tests/ is configured as a whole
)

packages_bench_appliance=(dpdk-dev) # dpdk-testpmd, the baseline
packages_bench_peers=(nftables)     # aquatic's load test over a wire
packages_bench_report=(gnuplot-nox) # plots

packages_budget=(
	libcmocka-dev     # tests/ is configured as a whole
	valgrind binutils # callgrind; addr2line
)
packages_profile=(
	"${packages_budget[@]}"
	linux-perf            # samples
	libdevel-nytprof-perl # flamegraph.pl
	gnuplot-nox           # pictures of stages
)

say() { printf '%s\n' "$*" >&2; }

die() {
	say "${0##*/}: $*"
	exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# Warns if the scripts do not know this system.
check_system() {
	local system
	system=$(. /etc/os-release && echo "${ID:-unknown}:${VERSION_ID:-}")
	[[ " $known_systems " == *" $system "* ]] ||
		say "warning: $system is not a known system (Debian 12, Debian 13)"
}

# Prints the program NAME, or the newest NAME-VERSION that is installed, or nothing.
find_tool() { # find_tool NAME
	command -v "$1" || compgen -c "$1-" | grep -xE "$1-[0-9]+" | sort -V | tail -n 1 || true
}

# Installs the given packages that are missing; without root it prints their names.
install_packages() {
	local missing=() package
	for package in "$@"; do
		dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
			missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	is_root || {
		say "missing packages, install them as root: apt-get install ${missing[*]}"
		return 0
	}
	say "installing ${#missing[@]} Debian packages: ${missing[*]}"
	apt-get update -qq
	# tshark asks whether others than root may capture; the answer is no.
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		-o Dpkg::Use-Pty=0 "${missing[@]}" >&2
}

# configure NAME MESON-OPTIONS…: creates or updates the build folder $builds/NAME.
configure() {
	local folder=$builds/$1 command
	shift
	mkdir -p "$builds"
	command=(meson setup "$folder" "$top" "$@")
	[ ! -f "$folder/build.ninja" ] || command=(ninja -C "$folder" build.ninja)
	"${command[@]}" >"$folder.log" 2>&1 || {
		cat "$folder.log" >&2
		return 1
	}
}

# build NAME MESON-OPTIONS…: configures and compiles into $builds/NAME.
build() {
	configure "$@" || return
	compile "$1"
}

# compile NAME [PROGRAM…]: compiles in $builds/NAME; without PROGRAM everything.
compile() {
	local folder=$builds/$1
	shift
	if [ -t 2 ]; then
		ninja -C "$folder" "$@" >&2
	else
		say "building $folder"
		ninja -C "$folder" --quiet "$@" >&2
	fi
}

# A program that sees each access to memory: tests/bench/scale_model/lines.h.
build_lines() { # build_lines PROGRAM
	configure lines -Dlines=true -Db_lundef=false || return
	compile lines "$1"
}

# The same code as scripts/run builds, with debug information added.
build_profile() {
	build profile --buildtype=release -Ddebug=true -Db_lto=true -Dtests=false
}
