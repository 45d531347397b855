# SPDX-License-Identifier: BSD-3-Clause
# Completion of weirctl's command line for bash. A test holds these lists against the program's.

_weirctl_commands='info stats verdicts lcores stages latency shards ports torrent peers torrents
	largest clients memory config health export top help'
_weirctl_options='--file-prefix --socket --json --all --watch --version --help -f -s -j -a -w -h'

# The command on the line, in front of the word that is completed; the values of -f, -s and -w are
# none. Empty: there is none yet.
_weirctl_command() {
	local i word
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		-f | -s | --file-prefix | --socket) i=$((i + 1)) ;;
		-* | [0-9]*) ;;
		=) i=$((i + 1)) ;;
		*)
			echo "$word"
			return
			;;
		esac
	done
}

# Sockets of running appliances are dpdk/PREFIX/dpdk_telemetry.v2 in the folder of ask_path_of.
_weirctl_prefixes() {
	local folder=${RUNTIME_DIRECTORY:-} socket
	[ -n "$folder" ] || { [ "$EUID" -eq 0 ] && folder=/var/run; }
	folder=${folder:-${XDG_RUNTIME_DIR:-/tmp}}
	for socket in "$folder"/dpdk/*/dpdk_telemetry.v2; do
		[ -e "$socket" ] && basename "$(dirname "$socket")"
	done
}

_weirctl() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} words=''
	COMPREPLY=()
	case $previous in
	-s | --socket)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
		;;
	-f | --file-prefix)
		mapfile -t COMPREPLY < <(compgen -W "$(_weirctl_prefixes)" -- "$current")
		return
		;;
	esac
	case $current in
	-*) words=$_weirctl_options ;;
	*)
		case $(_weirctl_command) in
		'') words=$_weirctl_commands ;;
		help) words=$_weirctl_commands ;;
		verdicts) words='link ipv4 ipv6' ;;
		latency) words='connect announce scrape other' ;;
		esac
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -F _weirctl weirctl
