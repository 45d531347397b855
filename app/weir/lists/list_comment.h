// SPDX-License-Identifier: BSD-3-Clause
// The comment of a line, for others to show: a text in UTF-8 without control characters.

#pragma once

#include "../../../lib/access/list_line.h"

enum { LIST_COMMENT_TEXT_MAX = 512 };

// Copies the comment, cut to fit; every other byte becomes "?". Returns `text`, or NULL if there is no comment.
const char *list_comment_text(const struct list_line *line, char text[LIST_COMMENT_TEXT_MAX]);
