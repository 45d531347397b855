# SPDX-License-Identifier: BSD-3-Clause
"""weir-migrate: what another tracker is configured with and knows, as files of Weir."""
