#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# install_once.sh FILE PATH: installs a file under $DESTDIR unless something is at its path already.
set -e
target=$DESTDIR$2
if [ -e "$target" ]; then
	echo "$target is kept as it is"
else
	mkdir -p "$(dirname "$target")"
	install -m 644 "$1" "$target"
fi
