// SPDX-License-Identifier: BSD-3-Clause
// The price of a request for the budget of its source (lib/guard/budget.h): known from the request alone,
// before any work is done for it. In sixteenths of a unit; a unit is the work of a connect.
//
// From instructions that callgrind counts (tests/budget/budget.txt, and the same with other numbers of peers
// and hashes), divided by those of a connect over the same family, 672 or 718:
//
//   request                                  counted     units   price
//   announce, IPv4, 2 peers in the swarm        1448       2.2     2.1
//   announce, IPv4, 32 peers in the swarm       2831       4.2     3.6 (32), 12 (200 wanted)
//   announce, IPv4, 50 peers of 512             4993       7.4     4.5
//   announce, IPv4, 200 peers of 512            7619      11.3    12.0
//   announce, IPv6, 2 peers in the swarm        2046       2.8     3.2
//   announce, IPv6, 50 peers of 512             6757       9.4     9.2
//   announce, IPv6, 66 peers of 512             8285      11.5    11.2
//   scrape of 1 torrent                         1579       2.3     2.3
//   scrape of 10 torrents                       5080       7.6     7.5
//   scrape of 70 torrents                      28352      42.2    42.2
//
// What an announce costs depends on its swarm, which is not known yet: the price is that of a large one, since
// a source that wants to do harm chooses that.

#pragma once

#include "../stats/verdict.h"

enum {
	PRICE_CONNECT = 16,
	PRICE_ANNOUNCE_IPV4 = 32, // and 4/5 for each peer that is wanted
	PRICE_ANNOUNCE_IPV6 = 48, // and 2 for each
	PRICE_SCRAPE = 28, // and 37/4 for each hash
};

// peers: that the reply may have, up to 200.
static inline unsigned
price_announce(enum family family, unsigned peers)
{
	return family == FAMILY_IPV4 ? PRICE_ANNOUNCE_IPV4 + peers * 4 / 5
				     : PRICE_ANNOUNCE_IPV6 + peers * 2;
}

// hashes: that are answered, up to 72.
static inline unsigned
price_scrape(unsigned hashes)
{
	return PRICE_SCRAPE + hashes * 37 / 4;
}
