// SPDX-License-Identifier: BSD-3-Clause
// The files of page/ and the description of the REST interface, embedded by page_embed.py. Read-only;
// any thread.

#pragma once

#include <stddef.h>

struct page_file {
	const char *path; // of a request
	const char *type; // of the content
	const char *tag; // its ETag, with the quotation marks
	const unsigned char *bytes;
	size_t size;
};

extern const struct page_file page_files[];
extern const unsigned page_file_count;

// NULL: there is no such file.
const struct page_file *page_file_find(const char *path);
