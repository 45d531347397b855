// SPDX-License-Identifier: BSD-3-Clause

#include "lists.h"

#include "../../../app/common/memory.h"
#include "../../../lib/access/list_line.h"
#include "../../../lib/base/rng.h"
#include "../support/samples.h"
#include "cpu_time.h"

#include <rte_common.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 64, NAME_MAX_BYTES = 64, NOW_S = 1000 };

static const struct siphash_key secret = {1, 2};

struct text {
	char *bytes;
	size_t len, mapped;
	uint32_t lines;
};

// Takes the next line off the text.
static bool
next_line(struct text *text, const char **line, size_t *len)
{
	const char *end = memchr(text->bytes, '\n', text->len);

	if (end == NULL)
		return false;
	*line = text->bytes;
	*len = (size_t)(end - text->bytes);
	text->bytes += *len + 1;
	text->len -= *len + 1;
	return true;
}

static void
check(bool holds)
{
	if (holds)
		return;
	fputs("bench_control: a list has another number of entries than lines\n", stderr);
	exit(EXIT_FAILURE);
}

typedef size_t print_fn(char *line, struct rng *rng, uint32_t n);

static size_t
print_info_hash(char *line, struct rng *rng, uint32_t n)
{
	static const char digits[] = "0123456789abcdef";

	(void)n;
	for (unsigned i = 0; i < 2 * INFO_HASHES_KEY_BYTES; i++)
		line[i] = digits[rng_next(rng) % 16];
	line[2 * INFO_HASHES_KEY_BYTES] = '\n';
	return 2 * INFO_HASHES_KEY_BYTES + 1;
}

static size_t
print_network(char *line, struct rng *rng, uint32_t n)
{
	uint64_t bits = rng_next(rng);

	if (n % 2)
		return (size_t)sprintf(
			line,
			"%u.%u.%u.%u\n",
			(unsigned)(bits & 255),
			(unsigned)(bits >> 8 & 255),
			(unsigned)(bits >> 16 & 255),
			(unsigned)(bits >> 24 & 255)
		);
	return (size_t)sprintf(
		line,
		"2a0%x:%x:%x:%x::/64\n",
		(unsigned)(bits & 15),
		(unsigned)(bits >> 4 & 0xffff),
		(unsigned)(bits >> 20 & 0xffff),
		(unsigned)(bits >> 36 & 0xffff)
	);
}

static struct text
make_text(uint32_t lines, print_fn *print)
{
	struct text text = {.mapped = (size_t)lines * LINE_MAX_BYTES, .lines = lines};
	struct rng rng = {lines};

	text.bytes = memory_map(text.mapped);
	for (uint32_t n = 0; n < lines; n++)
		text.len += print(text.bytes + text.len, &rng, n);
	return text;
}

static double
per_second(uint32_t lines, uint64_t started_ns)
{
	return lines * 1e9 / (double)(cpu_time_ns() - started_ns);
}

// The least that reading a list costs: finding the ends of lines.
static double
cut(struct text text)
{
	uint64_t started_ns = cpu_time_ns();
	uint32_t lines = 0;
	const char *line;
	size_t len;

	while (next_line(&text, &line, &len))
		lines++;
	check(lines == text.lines);
	return per_second(text.lines, started_ns);
}

static double
parse(struct text text, struct info_hash_entry *entries)
{
	uint64_t started_ns = cpu_time_ns();
	struct list_line parsed;
	uint32_t count = 0;
	const char *line;
	size_t len;

	while (next_line(&text, &line, &len))
		count +=
			list_line_info_hash(line, len, &parsed, &entries[count]) == LIST_LINE_ENTRY;
	check(count == text.lines);
	return per_second(text.lines, started_ns);
}

// Rounds write to new memory, as a reload does.
static struct info_hashes *
new_set(uint32_t entries)
{
	return info_hashes_init(memory_map(info_hashes_bytes(entries)), entries, &secret);
}

static void
free_set(struct info_hashes *set, uint32_t entries)
{
	check(info_hashes_count(set) == entries);
	memory_unmap(set, info_hashes_bytes(entries));
}

static double
add(const struct info_hash_entry *entries, uint32_t count)
{
	uint64_t started_ns = cpu_time_ns();
	struct info_hashes *set = new_set(count);

	info_hashes_add(set, entries, count);
	double rate = per_second(count, started_ns);

	free_set(set, count);
	return rate;
}

static double
load(struct text text)
{
	uint64_t started_ns = cpu_time_ns();
	struct info_hash_entry entries[INFO_HASHES_BULK];
	struct info_hashes *set = new_set(text.lines);
	struct list_line parsed;
	unsigned count = 0;
	const char *line;
	size_t len;

	while (next_line(&text, &line, &len)) {
		count +=
			list_line_info_hash(line, len, &parsed, &entries[count]) == LIST_LINE_ENTRY;
		if (count < INFO_HASHES_BULK)
			continue;
		info_hashes_add(set, entries, count);
		count = 0;
	}
	info_hashes_add(set, entries, count);
	double rate = per_second(text.lines, started_ns);

	free_set(set, text.lines);
	return rate;
}

static void
report_rate(
	const char *what,
	const char *size,
	struct samples *rates,
	double baseline,
	struct bench_report *report
)
{
	char name[NAME_MAX_BYTES];
	double rate = samples_summarise(rates).median_ns; // entries/s, in fact

	snprintf(name, sizeof(name), "%s_%s", what, size);
	bench_report_add(
		report,
		&(struct bench_row){
			.name = name,
			.metric = "rate",
			.unit = "entries/s",
			.value = rate,
			.baseline = baseline,
			.ratio = rate / baseline,
		}
	);
	samples_free(rates);
}

void
lists_measure_access(
	const char *size,
	uint32_t entries,
	unsigned rounds,
	struct bench_report *report
)
{
	struct text text = make_text(entries, print_info_hash);
	size_t parsed_bytes = entries * sizeof(struct info_hash_entry);
	struct info_hash_entry *parsed = memory_map(parsed_bytes);
	struct samples cuts = {0}, parses = {0}, adds = {0}, loads = {0};

	for (unsigned i = 0; i < rounds; i++) {
		samples_add(&cuts, cut(text));
		samples_add(&parses, parse(text, parsed));
		samples_add(&adds, add(parsed, entries));
		samples_add(&loads, load(text));
	}
	double baseline = samples_summarise(&cuts).median_ns;

	report_rate("access_parse", size, &parses, baseline, report);
	report_rate("access_add", size, &adds, NAN, report);
	report_rate("access_load", size, &loads, baseline, report);
	samples_free(&cuts);
	memory_unmap(parsed, parsed_bytes);
	memory_unmap(text.bytes, text.mapped);
}

static double
load_networks(struct text text)
{
	uint64_t started_ns = cpu_time_ns();
	size_t list_bytes = text.lines * sizeof(struct network);
	size_t bytes = networks_bytes(text.lines);
	struct network *list = memory_map(list_bytes);
	struct list_line parsed;
	uint32_t count = 0;
	const char *line;
	size_t len;

	while (next_line(&text, &line, &len))
		count += list_line_network(line, len, &parsed, &list[count]) == LIST_LINE_ENTRY;
	check(count == text.lines);
	struct networks *networks = networks_init(memory_map(bytes), list, count, NOW_S);
	double rate = per_second(text.lines, started_ns);

	memory_unmap(networks, bytes);
	memory_unmap(list, list_bytes);
	return rate;
}

void
lists_measure_sources(
	const char *size,
	uint32_t entries,
	unsigned rounds,
	struct bench_report *report
)
{
	struct text text = make_text(entries, print_network);
	struct samples cuts = {0}, loads = {0};

	for (unsigned i = 0; i < rounds; i++) {
		samples_add(&cuts, cut(text));
		samples_add(&loads, load_networks(text));
	}
	double baseline = samples_summarise(&cuts).median_ns;

	report_rate("sources_load", size, &loads, baseline, report);
	samples_free(&cuts);
	memory_unmap(text.bytes, text.mapped);
}
