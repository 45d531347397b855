// SPDX-License-Identifier: BSD-3-Clause
// Clients of the model: frames of announces with good connection ids, of MODEL_PEERS peers in MODEL_TORRENTS torrents.

#pragma once

#include "../../../lib/guard/connid.h"
#include "../../../lib/net/host.h"

#include <rte_mbuf.h>

// `connid`: of an io lcore.
void clients_make(const struct connid *connid, const struct host *host);

// Writes the next announce into an mbuf, as a driver does.
void clients_announce(struct rte_mbuf *mbuf, uint16_t port);

// Whether it is the reply to an announce.
bool clients_accept(const struct rte_mbuf *mbuf);
