// SPDX-License-Identifier: BSD-3-Clause
// Kinds of requests. The first three have the numbers of the actions of BEP 15.

#pragma once

#include "../../lib/bep15/wire.h"

enum kind {
	KIND_CONNECT = BEP15_CONNECT,
	KIND_ANNOUNCE = BEP15_ANNOUNCE,
	KIND_SCRAPE = BEP15_SCRAPE,
	KIND_JUNK, // must be dropped by the tracker
	KIND_COUNT,
};

enum { KIND_REQUEST_COUNT = KIND_JUNK }; // kinds that expect a reply: the first ones
