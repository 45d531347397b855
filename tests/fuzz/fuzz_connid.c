// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to connection ids: one that is made at one time for one address, changed or not, and shown at another
// time from another address, under one or two master keys. What must become of it follows from the times alone.

#include "../../lib/guard/connid.h"
#include "fuzz.h"

enum { FIRST_SLOT = 2000, EXPIRED_SLOTS = 254, ADDRESS_BYTES = 16 };

struct trial {
	enum family family;
	uint32_t minted_s, shown_s;
	uint32_t max_age_s;
	uint32_t switch_s; // to the second key; 0: there is none
	uint8_t address[ADDRESS_BYTES]; // it was made for
	uint8_t changed[ADDRESS_BYTES]; // what is different in the address that shows it
	uint64_t flipped; // bits of the id's MACs
};

static const uint64_t mac_bits = (UINT64_C(1) << CONNID_MAC_BITS) - 1;
static const uint64_t network_bits =
	(UINT64_C(1) << CONNID_HALF_BITS) - 1; // of IPv6: the MAC of its /64

static void
read_trial(struct trial *trial, struct fuzz_input *input)
{
	uint8_t choice = fuzz_byte(input);
	uint32_t from = FIRST_SLOT * CONNID_SLOT_S;
	int16_t apart;

	trial->family = choice & 1 ? FAMILY_IPV6 : FAMILY_IPV4;
	trial->max_age_s = 1 + fuzz_word(input) % CONNID_MAX_AGE_S_MAX;
	trial->minted_s = from + fuzz_word(input) % (UINT32_MAX - 2 * from);
	fuzz_take(input, &apart, sizeof(apart));
	trial->shown_s = trial->minted_s + (uint32_t)apart;
	trial->switch_s =
		choice & 2 ? trial->minted_s + (uint32_t)(int8_t)fuzz_byte(input) * 16 : 0;
	fuzz_take(input, trial->address, sizeof(trial->address));
	memset(trial->changed, 0, sizeof(trial->changed));
	trial->flipped = 0;
	if (choice & 4)
		fuzz_take(input, trial->changed, sizeof(trial->changed));
	else if (choice & 8)
		fuzz_take(input, &trial->flipped, sizeof(trial->flipped));
	trial->flipped &= mac_bits;
}

static void
init(struct connid *connid, const struct trial *trial, uint32_t at_s)
{
	struct connid_secrets secrets = {
		.masters = {{1, 2, 3}, {4, 5, 6}}, .from_s = trial->switch_s};

	connid_init(connid, secrets.masters[0], trial->max_age_s, at_s);
	connid_change(connid, &secrets);
}

static bool
differs(const uint8_t *bytes, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		if (bytes[i] != 0)
			return true;
	return false;
}

// Of an id that nobody changed.
static enum connid_proof
expect(const struct trial *trial)
{
	int64_t age = (int64_t)(trial->shown_s / CONNID_SLOT_S) - trial->minted_s / CONNID_SLOT_S;
	uint32_t valid = (trial->max_age_s + CONNID_SLOT_S - 1) / CONNID_SLOT_S;
	bool other = differs(trial->changed, 0, trial->family == FAMILY_IPV4 ? 4 : 16);
	bool far = differs(trial->changed, 0, trial->family == FAMILY_IPV4 ? 4 : 8);

	if (far || age < -1 || age > EXPIRED_SLOTS)
		return CONNID_FORGED;
	if (age > valid)
		return CONNID_EXPIRED;
	return other ? CONNID_SHARED : CONNID_PROVED;
}

static void
check(const struct trial *trial, enum connid_proof proof)
{
	enum connid_proof expected = expect(trial);
	bool ipv6 = trial->family == FAMILY_IPV6;

	if (trial->flipped != 0) // the MAC of the /64 may be untouched
		demand(proof == CONNID_FORGED
		       || (ipv6 && proof != CONNID_PROVED && (trial->flipped & network_bits) == 0));
	else if (expected == CONNID_FORGED && ipv6) // two networks of 2^28 have the same MAC
		demand(proof != CONNID_PROVED);
	else
		demand(proof == expected);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	uint8_t shown_from[ADDRESS_BYTES];
	struct connid maker, verifier;
	struct trial trial;

	read_trial(&trial, &input);
	init(&maker, &trial, trial.minted_s);
	init(&verifier, &trial, trial.minted_s);
	connid_refresh(&verifier, trial.shown_s);
	uint64_t id = connid_mint(&maker, trial.family, trial.address);

	demand(id != 0 && id == connid_mint(&maker, trial.family, trial.address));
	for (unsigned i = 0; i < ADDRESS_BYTES; i++)
		shown_from[i] = trial.address[i] ^ trial.changed[i];
	enum connid_proof proof =
		connid_verify(&verifier, id ^ trial.flipped, trial.family, shown_from);

	check(&trial, proof);
	return 0;
}
