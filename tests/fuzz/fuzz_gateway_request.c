// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to all that reads bytes of weir-gateway's clients. An input is six lines:
// method, target, Authorization, Accept, "body" where there is one, and Host; lines that are missing
// are headers that were not sent. What is accepted must be what the answers rely on.

#include "../../app/weir-gateway/address.h"
#include "../../app/weir-gateway/page_files.h"
#include "../../app/weir-gateway/request.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { LINES = 6 };

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

static void
check_hash(const char *hash)
{
	demand(strlen(hash) == INFO_HASH_DIGITS);
	demand(strspn(hash, "0123456789abcdef") == INFO_HASH_DIGITS);
}

static void
check_request(const struct request *request)
{
	demand(request->route <= ROUTE_file);
	demand((request->route == ROUTE_file) == (request->file != NULL));
	demand(request->limit >= 1 && request->limit <= 1000);
	demand(request->peers_limit >= 1 && request->peers_limit <= 1000);
	demand(request->offset <= UINT32_MAX && request->peers_offset <= UINT32_MAX);
	demand(request->hash_count <= REQUEST_HASHES_MAX);
	if (request->route == ROUTE_torrent)
		check_hash(request->info_hash);
	for (unsigned i = 0; i < request->hash_count; i++)
		check_hash(request->hashes[i]);
}

static void
check_refusal(const struct request_refusal *refusal)
{
	demand(refusal->status == 400 || refusal->status == 401 || refusal->status == 403
	       || refusal->status == 404 || refusal->status == 405 || refusal->status == 413);
	demand(*refusal->text != '\0');
	for (const char *c = refusal->text; *c != '\0'; c++)
		demand(*c >= ' ' && *c <= '~'); // nothing of the client's comes back
}

static void
try_request(const struct request_head *head, const struct token *token)
{
	struct request request;
	struct request_refusal refusal = {0};

	if (request_parse(head, token, &request, &refusal))
		check_request(&request);
	else
		check_refusal(&refusal);
}

static void
try_address(const char *text)
{
	struct address address, again;
	char printed[ADDRESS_TEXT_MAX];

	if (!address_parse(text, &address))
		return;
	address_print(&address, printed);
	demand(address_parse(printed, &again));
	demand(address.length == again.length);
	demand(memcmp(&address.storage, &again.storage, address.length) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct token wanted = {.required = true, .text = "secret"};
	static const struct token none;
	char *lines[LINES] = {NULL};
	char *text = malloc(size + 1);
	char *rest = text;

	demand(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	try_address(text);
	for (unsigned i = 0; i < LINES && rest != NULL; i++)
		lines[i] = strsep(&rest, "\n");
	if (lines[1] != NULL) {
		char *again = strdup(lines[1]);
		struct request_head head = {
			.method = lines[0],
			.target = lines[1],
			.authorization = lines[2],
			.accept = lines[3],
			.has_body = lines[4] != NULL && strcmp(lines[4], "body") == 0,
			.host = lines[5],
		};

		try_request(&head, &none);
		head.target = again;
		try_request(&head, &wanted);
		free(again);
	}
	free(text);
	return 0;
}
