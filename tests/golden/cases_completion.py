# SPDX-License-Identifier: BSD-3-Clause
"""Completions of programs with options only: bash and zsh offer what --help has."""

import os
import re
import shutil
import subprocess

from cases_output import program
from suite import Skipped, case, check

# Asked of bash, which calls the function of the completion as it does for the last word.
BASH = """source "$1"; program=$2; shift 2; COMP_WORDS=("$program" "$@"); COMP_CWORD=$#
"_${program//-/_}"; [ "${#COMPREPLY[@]}" = 0 ] || printf '%s\\n' "${COMPREPLY[@]}" """

# A terminal with zsh in it: what it lists for a line and a tab.
ZSH = """zmodload zsh/zpty
zpty asked zsh -f -i
zpty -w asked "PS1= ; fpath=($1 \\$fpath); autoload -Uz compinit; compinit -u -d $2; LISTMAX=0"
zpty -w asked "zstyle ':completion:*' list-separator '|'; COLUMNS=1000; echo be''gin"
zpty -r asked said '*begin*'
zpty -w -n asked "$3"$'\\t'$'\\t'
sleep 1
zpty -w -n asked $'\\C-u'"echo en''d"$'\\n'
zpty -r asked said '*end*'
print -r -- $said
zpty -d asked
"""

# Words to complete, and what is offered: of files only, the names are those of the folder of the test.
OFFERED = {
    "weir": (
        (("--print-c",), ["--print-config", "--print-control"]),
        (("-c", ""), ["one.cfg", "two.pcap"]),
        (("--config", "="), ["one.cfg", "two.pcap"]),
        (("--config", "=", "o"), ["one.cfg"]),
        (("--run-for", ""), []),
        (("--check", "="), []),
        (("--help", "="), ["man"]),
        (("--check", "--js"), ["--json"]),
        (("--", "--c"), []),
    ),
    "weir-gateway": (
        (("--tok",), ["--token-file"]),
        (("-t", "two"), ["two.pcap"]),
        (("--user", "roo"), ["root"]),
        (("-f", ""), ["first", "second"]),
        (("--file-prefix", "=", "s"), ["second"]),
        (("--listen", ""), []),
    ),
    "weir-load": (
        (("--popularity", ""), ["aquatic", "uniform"]),
        (("--popularity", "=", "u"), ["uniform"]),
        (("--client-net", ""), []),
        (("--url-path", ""), []),
        (("--replay", "t"), ["two.pcap"]),
    ),
}


def completion(lab, name):
    path = lab.weir.path.parents[1] / "completion" / name
    if not path.exists():
        raise Skipped(f"{path} was not built")
    return path


def folder_with_files(lab):
    """Two files, and the sockets of two Weirs."""
    folder = lab.folder()
    for name in ("one.cfg", "two.pcap"):
        (folder / name).touch()
    for prefix in ("first", "second"):
        socket = lab.weir.runtime / "dpdk" / prefix / "dpdk_telemetry.v2"
        socket.parent.mkdir(parents=True, exist_ok=True)
        socket.touch()
    return folder


def ask(lab, shell, script, *words, folder=None):
    ended = subprocess.run(
        [shell, *({"bash": ["-uc"], "zsh": ["-fc"]}[shell]), script, shell, *map(str, words)],
        cwd=folder or lab.folder(),
        env={**os.environ, "LC_ALL": "C", "RUNTIME_DIRECTORY": str(lab.weir.runtime)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    check(ended.returncode == 0 and not ended.stderr, f"{words}: {ended.returncode}\n{ended.stderr}")
    return ended.stdout


def options_of(lab, name):
    said = subprocess.run([program(lab, name), "--help"], capture_output=True, text=True, check=True).stdout
    options = set(
        re.findall(
            r"(?:^  |^      |, )(-{1,2}[a-z0-9V]+(?:-[a-z0-9]+)*)", said.partition("\nExamples:")[0], re.M
        )
    )
    check(len(options) > 10, f"{name}: {options}")
    return options


@case("completion: bash offers the options of every program, and their arguments")
def bash(lab):
    folder = folder_with_files(lab)
    for name, rows in OFFERED.items():
        script = completion(lab, name)
        offered = set(ask(lab, "bash", BASH, script, name, "-").split())
        wanted = options_of(lab, name)
        check(offered == wanted, f"{name}: {offered ^ wanted}")
        for words, answer in rows:
            offered = ask(lab, "bash", BASH, script, name, *words, folder=folder).split()
            # Other Weirs may run on this machine.
            offered = [word for word in offered if words[0] not in ("-f",) or word in answer]
            check(sorted(offered) == answer, f"{name} {words}: {offered}")


@case("completion: bash offers all settings for --print-setting")
def settings(lab):
    script = BASH.replace("; shift 2", f"; PATH={program(lab, 'weir').parent}:$PATH; shift 2")
    said = ask(lab, "bash", script, completion(lab, "weir"), "weir", "--print-setting", "memory.")
    offered = said.split()
    check("memory.file_prefix" in offered, offered)
    check(all(name.startswith("memory.") for name in offered), offered)


@case("completion: zsh offers the options of every program")
def zsh(lab):
    for name in OFFERED:
        text = completion(lab, f"_{name}").read_text()
        offered = set(re.findall(r"[{,')](-{1,2}[a-zV][a-z0-9]*(?:-[a-z0-9]+)*)[-+=]{0,2}(?=[,}'])", text))
        wanted = options_of(lab, name)
        check(offered == wanted, f"{name}: {offered ^ wanted}")
    if not shutil.which("zsh"):
        return
    cache = lab.folder() / "zcompdump"
    for line, words in (
        ("weir-load --popularity ", ("aquatic", "uniform")),
        ("weir --print-c", ("--print-config", "--print-control", "all defaults filled in")),
        ("weir-gateway --", ("--token-file", "--user", "user to serve as")),
    ):
        folder = completion(lab, "_weir").parent
        ask(lab, "zsh", "zsh -n $1", folder / f"_{line.split()[0]}")
        said = ask(lab, "zsh", ZSH, folder, cache, line)
        for word in words:
            check(word in said, f"{line}: no {word} in\n{said}")
