# SPDX-License-Identifier: BSD-3-Clause
"""The trackers that are compared: how each is installed, set up and started."""
