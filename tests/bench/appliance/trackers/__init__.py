# SPDX-License-Identifier: BSD-3-Clause
"""The trackers of the comparison: how each is installed, configured and started."""
