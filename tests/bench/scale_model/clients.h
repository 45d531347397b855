// SPDX-License-Identifier: BSD-3-Clause
// Clients of the model: frames of announces with good connection ids, of MODEL_PEERS peers in MODEL_TORRENTS torrents.

#pragma once

#include "../../../lib/guard/connid.h"
#include "../../../lib/net/host.h"

#include <rte_mbuf.h>

// `connid`: of an io lcore.
void clients_make(const struct connid *connid, const struct host *host);

// From now on a port with this many queues gets each announce on the queue that rules of the NIC choose by its torrent.
void clients_steer(unsigned queues);

// Writes the next announce into an mbuf, as a driver does; the next one for a queue, once they are steered.
void clients_announce(struct rte_mbuf *mbuf, uint16_t port, unsigned queue);

// Whether it is the reply to an announce.
bool clients_accept(const struct rte_mbuf *mbuf);
