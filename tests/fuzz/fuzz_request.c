// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to requests: BEP 15's checks, beside rules written down from the specification. An input is a byte
// for the family, two for the limits, and the payload.

#include "../../lib/bep15/request.h"
#include "fuzz.h"

enum { HEAD_BYTES = 4, PAYLOAD_MAX = 2048, MAGIC_HIGH = 0x417, MAGIC_LOW = 0x27101980 };

static uint32_t
number_at(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8
		| bytes[3];
}

static enum verdict
expect(const uint8_t *payload, size_t len, enum family family)
{
	// Ethernet's 1500 bytes without the headers of IP and UDP.
	if (len < 16)
		return VERDICT_request_short;
	if (len > (family == FAMILY_IPV4 ? 1500 - 28 : 1500 - 48))
		return VERDICT_request_long;
	switch (number_at(payload + 8)) {
	case 0:
		return number_at(payload) == MAGIC_HIGH && number_at(payload + 4) == MAGIC_LOW
			? VERDICT_NONE
			: VERDICT_request_magic;
	case 1:
		return len < 98 ? VERDICT_announce_short : VERDICT_NONE;
	case 2:
		return len < 36 ? VERDICT_scrape_short : VERDICT_NONE;
	default:
		return VERDICT_request_action;
	}
}

static void
check_announce(
	const uint8_t *payload,
	size_t len,
	enum family family,
	uint16_t fallback,
	uint16_t max
)
{
	int64_t wanted = (int32_t)number_at(payload + 92);
	int64_t expected = wanted < 0 ? fallback : wanted;
	unsigned entry = family == FAMILY_IPV4 ? 6 : 18;
	rte_be32_t field;

	memcpy(&field, payload + 92, sizeof(field));
	demand(request_num_want(field, fallback, max) == (expected < max ? expected : max));
	uint16_t within = request_num_want(
		request_num_want_within(field, (uint16_t)len, family), fallback, UINT16_MAX
	);

	demand(20 + within * entry <= len);
	demand(wanted < 0 || within <= wanted);
	demand((wanted >= 0 && within == wanted) || 20 + (within + 1) * entry > len);
}

static void
check_scrape(size_t len, uint16_t max)
{
	size_t hashes = (len - 16) / 20;
	uint16_t count = request_scrape_count((uint16_t)len, max);

	demand(count == (hashes < max ? hashes : max));
	// A reply has 8 bytes and 12 a hash: never more than the request.
	demand(8 + count * 12u <= len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	uint8_t head[HEAD_BYTES];
	enum bep15_action action;

	if (size < HEAD_BYTES || size > HEAD_BYTES + PAYLOAD_MAX)
		return 0;
	fuzz_take(&input, head, sizeof(head));
	enum family family = head[0] & 1 ? FAMILY_IPV6 : FAMILY_IPV4;
	size_t len = input.left;
	uint8_t *payload = calloc(len > 0 ? len : 1, 1);

	demand(payload != NULL);
	if (len > 0)
		memcpy(payload, input.data, len);
	enum verdict verdict = request_check(payload, (uint16_t)len, family, &action);

	demand(verdict == expect(payload, len, family));
	if (verdict == VERDICT_NONE) {
		demand(action == (enum bep15_action)number_at(payload + 8));
		if (action == BEP15_ANNOUNCE)
			check_announce(payload, len, family, head[1], head[2]);
		if (action == BEP15_SCRAPE)
			check_scrape(len, head[3]);
	}
	free(payload);
	return 0;
}
