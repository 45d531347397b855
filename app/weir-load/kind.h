// SPDX-License-Identifier: BSD-3-Clause
// The kinds of requests. The first three are numbered as the actions of BEP 15.

#pragma once

#include "../../lib/bep15/wire.h"

enum kind {
	KIND_CONNECT = BEP15_CONNECT,
	KIND_ANNOUNCE = BEP15_ANNOUNCE,
	KIND_SCRAPE = BEP15_SCRAPE,
	KIND_JUNK, // nobody should answer
	KIND_COUNT,
};

enum { KIND_ASKING = KIND_JUNK }; // kinds that want a reply
