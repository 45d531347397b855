// SPDX-License-Identifier: BSD-3-Clause
// app/weir-gateway/request.c, target.c, value.c: what is asked for, and what is refused.

#include "../../app/weir-gateway/page_files.h"
#include "../../app/weir-gateway/request.h"
#include "../../app/weir-gateway/target.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <stdio.h>
#include <string.h>

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEY "0123456789abcdefghijABCDEFGHIJyz"
#define HASH_B "0123456789abcdef0123456789abcdef01234567"

static const struct tokens no_tokens;
static const struct tokens tokens = {
	.read = {.required = true, .text = "secret"},
	.write = {.required = true, .text = "changing"},
};
static struct request request;
static struct refusal refusal;

// Parses a GET of `target`.
static bool
get(const char *target)
{
	static char text[16384];
	struct request_head head = {.method = "GET", .target = text};

	snprintf(text, sizeof(text), "%s", target);
	return request_parse(&head, &no_tokens, &request, &refusal);
}

// Who found us under a name may be somebody else's page, unless he has the token.
static void
test_hosts(void **state)
{
	static const struct {
		const char *host;
		bool plain;
	} cases[] = {
		{NULL, true},
		{"127.0.0.1", true},
		{"127.0.0.1:1212", true},
		{"[::1]", true},
		{"[2001:db8::1]:1212", true},
		{"LocalHost:1212", true},
		{"", false},
		{"tracker.example", false},
		{"127.0.0.1.example:1212", false},
		{"localhost.example", false},
		{"127.0.0.1:12x", false},
		{"[::1", false},
		{"[::1].example", false},
		{"[example]:1212", false},
		{"0000000000000000000000000000000000000000000000000000000000000000127.0.0.1",
		 false},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(cases); i++) {
		char target[] = "/metrics", again[] = "/metrics?token=secret";
		struct request_head head = {
			.method = "GET", .target = target, .host = cases[i].host};
		bool taken = request_parse(&head, &no_tokens, &request, &refusal);

		assert_int_equal(taken, cases[i].plain);
		if (!taken)
			assert_int_equal(refusal.status, 403);
		head.target = again;
		assert_true(request_parse(&head, &tokens, &request, &refusal));
	}
}

static void
test_routes(void **state)
{
	static const struct {
		const char *target;
		enum route route;
	} cases[] = {
		{"/api/health_check", ROUTE_health},
		{"/metrics", ROUTE_metrics},
		{"/%6detrics", ROUTE_metrics},
		{"/api/v1/metrics?", ROUTE_api_metrics},
		{"/api/v1/stats?&&", ROUTE_stats},
		{"http://host:1212/api/v1/stats", ROUTE_stats},
		{"/api/v1/status?token=x", ROUTE_status},
		{"/api/v1/torrent/" HASH_A, ROUTE_torrent},
		{"/api/v1/torrents", ROUTE_torrents},
		{"/", ROUTE_file},
		{"http://host", ROUTE_file},
		{"/?anything=goes", ROUTE_file},
		{"/page.js", ROUTE_file},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(cases); i++) {
		if (!get(cases[i].target) || request.route != cases[i].route)
			fail_msg("%s: %s", cases[i].target, refusal.text);
		assert_true((request.file != NULL) == (cases[i].route == ROUTE_file));
	}
	assert_true(get("/"));
	assert_string_equal(request.file->type, "text/html; charset=utf-8");
}

static void
test_parameters(void **state)
{
	(void)state;
	assert_true(get("/api/v1/torrents"));
	assert_int_equal(request.offset, 0);
	assert_int_equal(request.limit, 1000);
	assert_true(get("/api/v1/torrents?offset=4294967295&limit=007"));
	assert_int_equal(request.offset, 4294967295);
	assert_int_equal(request.limit, 7);
	assert_true(get("/api/v1/torrents?info_hash=" HASH_B "&info%5fhash=" HASH_A));
	assert_int_equal(request.hash_count, 2);
	assert_string_equal(request.hashes[0], HASH_B);
	assert_string_equal(request.hashes[1], HASH_A);
	assert_true(get("/api/v1/torrent/0123456789ABCDEF0123456789abcdef01234567?peers_offset=3"));
	assert_string_equal(request.info_hash, HASH_B);
	assert_int_equal(request.peers_offset, 3);
	assert_int_equal(request.peers_limit, 74);
	assert_true(get("/api/v1/torrent/" HASH_B "/"));
	assert_string_equal(request.info_hash, HASH_B);
	assert_true(get("/api/v1/torrents/?limit=5"));
	assert_int_equal(request.limit, 5);
	assert_true(get("/metrics/"));
	assert_true(get("/api/v1/metrics?format=json"));
	assert_true(request.json);
	assert_true(get("/api/v1/stats?format=json"));
	assert_false(request.text);
	assert_true(get("/api/v1/stats?format=prometheus"));
	assert_true(request.text);
}

// In the path and behind ?info_hash= alike.
static void
test_forms_of_an_info_hash(void **state)
{
	static const char *const forms[] = {
		"0123456789ABCDEF0123456789ABCDEF01234567",
		"aerukz4jvpg66ajdivtytk6n54asgrlh",
		HASH_B "000000000000000000000000",
		"magnet%3A%3Fxt%3Durn%3Abtih%3A" HASH_B "%26dn%3Da%2520name",
		"magnet%3a%3fdn%3Dx%26xt%3Durn%3Abtmh%3A1220" HASH_B "000000000000000000000000",
	};
	char target[256];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(forms); i++) {
		snprintf(target, sizeof(target), "/api/v1/torrent/%s?peers_limit=5", forms[i]);
		assert_true(get(target));
		assert_string_equal(request.info_hash, HASH_B);
		assert_int_equal(request.peers_limit, 5);
		snprintf(target, sizeof(target), "/api/v1/torrents?info_hash=%s", forms[i]);
		assert_true(get(target));
		assert_string_equal(request.hashes[0], HASH_B);
	}
}

static void
test_refusals(void **state)
{
	static const struct {
		const char *target;
		unsigned status;
		const char *part;
	} cases[] = {
		{"", 400, "begin with /"},
		{"*", 400, "begin with /"},
		{"metrics", 400, "begin with /"},
		{"/metrics//", 404, "not found"},
		{"/Metrics", 404, "not found"},
		{"/%", 400, "% in the path"},
		{"/%2", 400, "% in the path"},
		{"/%zz", 400, "% in the path"},
		{"/%00", 400, "% in the path"},
		{"/%7f", 400, "% in the path"},
		{"/metrics?%0a=1", 400, "% in the query"},
		{"/metrics?x=%1", 400, "% in the query"},
		{"/metrics?offset=1", 400, "known here: token"},
		{"/api/v1/torrent/" HASH_A "?limit=1", 400, "token peers_offset peers_limit"},
		{"/api/v1/torrent/" HASH_A "a", 400, "40 or 64 hexadecimal"},
		{"/api/v1/torrent/", 400, "40 or 64 hexadecimal"},
		{"/api/v1/torrents?info_hash=", 400, "40 or 64 hexadecimal"},
		{"/api/v1/torrents?limit=0", 400, "from 1 to 1000"},
		{"/api/v1/torrents?limit", 400, "from 1 to 1000"},
		{"/api/v1/torrents?limit=%201", 400, "from 1 to 1000"},
		{"/api/v1/torrents?limit=+1", 400, "from 1 to 1000"},
		{"/api/v1/torrents?offset=18446744073709551616", 400, "to 4294967295"},
		{"/api/v1/torrents?offset=18446744073709551626", 400, "to 4294967295"},
		{"/api/v1/torrents?offset=4294967296", 400, "to 4294967295"},
		{"/api/v1/stats?format=", 400, "json or prometheus"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(cases); i++)
		if (get(cases[i].target) || refusal.status != cases[i].status
		    || strstr(refusal.text, cases[i].part) == NULL)
			fail_msg("%s: %u %s", cases[i].target, refusal.status, refusal.text);
}

// A path with `count` times the same parameter.
static bool
get_many(const char *parameter, unsigned count)
{
	char target[16384] = "/api/v1/torrents?";

	for (unsigned i = 0; i < count; i++)
		snprintf(
			target + strlen(target), sizeof(target) - strlen(target), "%s&", parameter
		);
	return get(target);
}

static void
test_limits(void **state)
{
	(void)state;
	assert_true(get_many("info_hash=" HASH_A, REQUEST_HASHES_MAX));
	assert_int_equal(request.hash_count, REQUEST_HASHES_MAX);
	assert_false(get_many("info_hash=" HASH_A, REQUEST_HASHES_MAX + 1));
	assert_string_equal(refusal.text, "info_hash: at most 100 of them");
	assert_true(get_many("offset=1", TARGET_PARAMETERS_MAX));
	assert_false(get_many("offset=1", TARGET_PARAMETERS_MAX + 1));
	assert_string_equal(refusal.text, "too many parameters: at most 128");
}

static unsigned
status_of(const char *method, const char *target, const char *authorization, bool has_body)
{
	char text[256];
	const struct request_head head = {
		.method = method,
		.target = text,
		.authorization = authorization,
		.has_body = has_body,
	};

	snprintf(text, sizeof(text), "%s", target);
	return request_parse(&head, &tokens, &request, &refusal) ? 200 : refusal.status;
}

static void
test_heads(void **state)
{
	(void)state;
	assert_int_equal(status_of("HEAD", "/", NULL, false), 200);
	assert_int_equal(status_of("get", "/", NULL, false), 405);
	assert_int_equal(status_of("POST", "/", NULL, true), 405);
	assert_int_equal(status_of("GET", "/", NULL, true), 413);
	assert_int_equal(status_of("GET", "/api/health_check", NULL, false), 200);
	assert_int_equal(status_of("GET", "/metrics", NULL, false), 401);
	assert_int_equal(status_of("GET", "/metrics", "Bearer secret", false), 200);
	assert_int_equal(status_of("GET", "/metrics", "bearer secret", false), 200);
	assert_int_equal(status_of("GET", "/metrics", "Bearer secre", false), 401);
	assert_int_equal(status_of("GET", "/metrics", "Bearer secrets", false), 401);
	assert_int_equal(status_of("GET", "/metrics", "Basic secret", false), 401);
	assert_int_equal(status_of("GET", "/metrics?token=secret", NULL, false), 200);
	assert_int_equal(status_of("GET", "/metrics?token=s%65cret", NULL, false), 200);
	assert_int_equal(status_of("GET", "/metrics?token=", NULL, false), 401);
	assert_int_equal(status_of("GET", "/metrics?token=secret", "Bearer x", false), 401);
	assert_int_equal(status_of("GET", "/api/v1/torrent/x", NULL, false), 401);
	assert_int_equal(status_of("GET", "/api/v1/torrent/x?token=secret", NULL, false), 400);
	assert_int_equal(status_of("GET", "/metrics", "Bearer changing", false), 200);
	assert_int_equal(status_of("GET", "/metrics", "Bearer changin", false), 401);
}

// Each change wants its method and the writing token, whose kin does not do.
static void
test_changes(void **state)
{
	static const struct {
		const char *method, *target;
		enum route route;
	} cases[] = {
		{"POST", "/api/v1/whitelist/" HASH_A, ROUTE_whitelist_add},
		{"DELETE", "/api/v1/whitelist/" HASH_A "/", ROUTE_whitelist_remove},
		{"GET", "/api/v1/whitelist/reload", ROUTE_whitelist_reload},
		{"POST", "/api/v1/key/60", ROUTE_key_new},
		{"DELETE", "/api/v1/key/" KEY, ROUTE_key_remove},
		{"GET", "/api/v1/keys/reload", ROUTE_keys_reload},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(cases); i++) {
		const char *method = cases[i].method, *target = cases[i].target;
		char text[256];
		struct request_head head = {.method = method, .target = text};

		assert_int_equal(status_of(method, target, "Bearer changing", false), 200);
		assert_int_equal(request.route, cases[i].route);
		assert_int_equal(status_of(method, target, "Bearer secret", false), 401);
		assert_int_equal(status_of(method, target, NULL, false), 401);
		assert_int_equal(status_of(method, target, "Bearer changing", true), 413);
		assert_int_equal(status_of("HEAD", target, "Bearer changing", false), 405);
		assert_int_equal(status_of("PUT", target, "Bearer changing", false), 405);
		snprintf(text, sizeof(text), "%s", target);
		assert_false(request_parse(&head, &no_tokens, &request, &refusal));
		assert_int_equal(refusal.status, 403);
	}
	status_of("PUT", "/api/v1/whitelist/" HASH_A, NULL, false);
	assert_string_equal(refusal.allow, "POST, DELETE");
	status_of("POST", "/api/v1/whitelist/reload", NULL, false);
	assert_string_equal(refusal.allow, "GET");
	status_of("POST", "/metrics", NULL, false);
	assert_string_equal(refusal.allow, "GET, HEAD");
}

static void
test_arguments_of_changes(void **state)
{
	static const struct {
		const char *method, *target, *part;
	} wrong[] = {
		{"POST", "/api/v1/whitelist/x", "40 or 64 hexadecimal"},
		{"POST", "/api/v1/whitelist/", "40 or 64 hexadecimal"},
		{"POST", "/api/v1/whitelist/" HASH_A "?limit=1", "known here: token"},
		{"POST", "/api/v1/key/0", "from 1 to 1000000000"},
		{"POST", "/api/v1/key/-1", "from 1 to 1000000000"},
		{"POST", "/api/v1/key/1000000001", "from 1 to 1000000000"},
		{"POST", "/api/v1/key/" KEY, "from 1 to 1000000000"},
		{"DELETE", "/api/v1/key/60", "32 letters and digits"},
		{"DELETE", "/api/v1/key/" KEY "1", "32 letters and digits"},
		{"DELETE", "/api/v1/key/-123456789abcdefghijklmnopqrstuv", "32 letters and digits"},
	};

	(void)state;
	status_of("POST", "/api/v1/key/1000000000", "Bearer changing", false);
	assert_int_equal(request.form.seconds_valid, 1000000000);
	assert_string_equal(request.form.key, "");
	status_of("DELETE", "/api/v1/key/" KEY, "Bearer changing", false);
	assert_string_equal(request.form.key, KEY);
	status_of("POST", "/api/v1/whitelist/" HASH_B, "Bearer changing", false);
	assert_string_equal(request.info_hash, HASH_B);
	for (unsigned i = 0; i < RTE_DIM(wrong); i++)
		if (status_of(wrong[i].method, wrong[i].target, "Bearer changing", false) != 400
		    || strstr(refusal.text, wrong[i].part) == NULL)
			fail_msg("%s: %u %s", wrong[i].target, refusal.status, refusal.text);
}

static unsigned
status_of_body(const char *type, uint64_t size)
{
	char target[] = "/api/v1/keys";
	const struct request_head head = {
		.method = "POST",
		.target = target,
		.authorization = "Bearer changing",
		.content_type = type,
		.has_body = size > 0,
		.body_size = size,
	};

	return request_parse(&head, &tokens, &request, &refusal) ? 200 : refusal.status;
}

static void
test_heads_of_bodies(void **state)
{
	(void)state;
	assert_int_equal(status_of_body("application/json", 1), 200);
	assert_int_equal(status_of_body("Application/JSON; charset=utf-8", 1), 200);
	assert_int_equal(status_of_body("application/json", REQUEST_BODY_MAX), 200);
	assert_int_equal(status_of_body("application/json", REQUEST_BODY_MAX + 1), 413);
	assert_int_equal(status_of_body("application/json", UINT64_MAX), 411);
	assert_int_equal(status_of_body("application/jsonx", 1), 415);
	assert_int_equal(status_of_body("text/plain", 1), 415);
	assert_int_equal(status_of_body(NULL, 1), 415);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_forms_of_an_info_hash),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_arguments_of_changes),
		cmocka_unit_test(test_heads_of_bodies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
