#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""ask.py COMMAND…: answers of Weir's telemetry socket, a line of JSON each."""

import json
import sys

from hub import Weir

for command in sys.argv[1:]:
    print(json.dumps(Weir().ask(command)))
