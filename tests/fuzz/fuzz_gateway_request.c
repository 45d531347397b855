// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to all that reads bytes of weir-gateway's clients. An input is seven lines:
// method, target, Authorization, Accept, a body, Host, and Content-Type; lines that are missing are
// headers that were not sent. What is accepted must be what the answers rely on.

#include "../../app/weir-gateway/address.h"
#include "../../app/weir-gateway/page_files.h"
#include "../../app/weir-gateway/request.h"
#include "fuzz.h"

enum { LINES = 7 };

static void
check_hash(const char *hash)
{
	demand(strlen(hash) == INFO_HASH_DIGITS);
	demand(strspn(hash, "0123456789abcdef") == INFO_HASH_DIGITS);
}

static void
check_form(const struct key_form *form)
{
	char key[KEY_FORM_CHARS + 1];

	demand(form->key[0] == '\0' || key_parse(form->key, key));
	demand(form->seconds_valid <= KEY_FORM_SECONDS_MAX);
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
	check_form(&request->form);
	if (request->route < ROUTE_COUNT && routes[request->route].argument == ARGUMENT_HASH)
		check_hash(request->info_hash);
	for (unsigned i = 0; i < request->hash_count; i++)
		check_hash(request->hashes[i]);
}

static void
check_refusal(const struct refusal *refusal)
{
	demand(refusal->status == 400 || refusal->status == 401 || refusal->status == 403
	       || refusal->status == 404 || refusal->status == 405 || refusal->status == 411
	       || refusal->status == 413 || refusal->status == 415);
	demand(*refusal->text != '\0');
	for (const char *c = refusal->text; *c != '\0'; c++)
		demand(*c >= ' ' && *c <= '~'); // nothing of the client's comes back
}

static void
try_request(const struct request_head *head, const struct tokens *tokens)
{
	struct request request;
	struct refusal refusal = {0};

	if (request_parse(head, tokens, &request, &refusal))
		check_request(&request);
	else
		check_refusal(&refusal);
}

static void
try_form(const char *text)
{
	struct key_form form = {0};
	struct refusal refusal = {0};

	if (key_form_read(text, strlen(text), &form, &refusal))
		check_form(&form);
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
	static const struct tokens wanted = {
		.read = {.required = true, .text = "secret"},
		.write = {.required = true, .text = "changing"},
	};
	static const struct tokens none;
	char *lines[LINES] = {NULL};
	char *text = malloc(size + 1);
	char *rest = text;

	demand(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	try_address(text);
	try_form(text);
	for (unsigned i = 0; i < LINES && rest != NULL; i++)
		lines[i] = strsep(&rest, "\n");
	if (lines[4] != NULL)
		try_form(lines[4]);
	if (lines[1] != NULL) {
		char *again = strdup(lines[1]);
		struct request_head head = {
			.method = lines[0],
			.target = lines[1],
			.authorization = lines[2],
			.accept = lines[3],
			.has_body = lines[4] != NULL && *lines[4] != '\0',
			.body_size = lines[4] == NULL ? 0 : strlen(lines[4]),
			.host = lines[5],
			.content_type = lines[6],
		};

		try_request(&head, &none);
		head.target = again;
		try_request(&head, &wanted);
		free(again);
	}
	free(text);
	return 0;
}
