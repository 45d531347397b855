# SPDX-License-Identifier: BSD-3-Clause
"""How much of a test is done here."""

import full

times = full.times_of("WEIR_TORTURE_FULL")
