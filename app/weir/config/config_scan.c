// SPDX-License-Identifier: BSD-3-Clause
// The tokens of a configuration file. Finds what libconfig would call "syntax error" and no more,
// and writes whole numbers so that libconfig loses nothing of them.

#include "config_number.h"
#include "config_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum token {
	TOKEN_START, // of the file
	TOKEN_NAME,
	TOKEN_ASSIGN, // = or :
	TOKEN_TEXT, // in quotes
	TOKEN_VALUE, // a number, true, false
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_SEPARATOR, // ; or ,
};

struct bracket {
	char open;
	unsigned line;
};

struct scan {
	struct config_text *text;
	const char *at;
	unsigned file, depth;
	unsigned line;
	enum token last;
	char last_text[40]; // of a NAME or VALUE
	unsigned last_line;
	struct bracket brackets[CONFIG_NESTING_MAX];
	unsigned bracket_count;
};

#define fail(scan, line, ...) config_text_error((scan)->text, (scan)->file, line, __VA_ARGS__)

// Hands on bytes as they are.
static void
put(struct scan *scan, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		fputc(bytes[i], scan->text->out);
		if (bytes[i] == '\n')
			config_text_new_line(scan->text, scan->file, ++scan->line);
	}
}

static void
take(struct scan *scan, size_t len)
{
	put(scan, scan->at, len);
	scan->at += len;
}

// Whether a token may stand where it does; says so where it may not.
static void
follow(struct scan *scan, enum token token, const char *text, size_t len)
{
	bool value = token == TOKEN_TEXT || token == TOKEN_VALUE || token == TOKEN_OPEN;

	if (scan->last == TOKEN_NAME && token != TOKEN_ASSIGN)
		fail(scan,
		     scan->last_line,
		     "a = is missing behind %s; a setting is NAME = VALUE;",
		     scan->last_text);
	else if (scan->last == TOKEN_ASSIGN && token == TOKEN_NAME)
		fail(scan,
		     scan->line,
		     "%.*s is not a value; texts are in quotes, true and false are not",
		     (int)len,
		     text);
	else if (scan->last == TOKEN_ASSIGN && !value)
		fail(scan, scan->line, "a value is missing behind =");
	else if (scan->last == TOKEN_VALUE && value)
		fail(scan,
		     scan->line,
		     "a , or ; is missing between %s and %.*s",
		     scan->last_text,
		     (int)len,
		     text);
	else if (token == TOKEN_ASSIGN && scan->last != TOKEN_NAME)
		fail(scan, scan->line, "a name is missing before =");
	// A word in a value's place has been told; what follows it is judged as after a value.
	scan->last = scan->last == TOKEN_ASSIGN && token == TOKEN_NAME ? TOKEN_VALUE : token;
	scan->last_line = scan->line;
	snprintf(scan->last_text, sizeof(scan->last_text), "%.*s", (int)len, text);
}

static void
scan_comment(struct scan *scan)
{
	if (scan->at[0] == '#' || scan->at[1] == '/') {
		scan->at += strcspn(scan->at, "\n");
		return;
	}
	const char *end = strstr(scan->at + 2, "*/");

	if (end == NULL) {
		fail(scan, scan->line, "the comment that starts here never ends; */ is missing");
		scan->at += strlen(scan->at);
		return;
	}
	for (; scan->at < end + 2; scan->at++)
		if (*scan->at == '\n')
			put(scan, "\n", 1);
}

static void
scan_text(struct scan *scan)
{
	const char *end = scan->at + 1;

	while (*end != '\0' && *end != '"')
		end += *end == '\\' && end[1] != '\0' ? 2 : 1;
	follow(scan, TOKEN_TEXT, "a text", 6);
	if (*end == '\0') {
		fail(scan, scan->line, "the text that starts here never ends; a \" is missing");
		scan->at = end;
		return;
	}
	take(scan, (size_t)(end + 1 - scan->at));
}

static bool
is_word(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && strncasecmp(text, word, len) == 0;
}

static void
scan_name(struct scan *scan)
{
	size_t len = 1;

	while (isalnum((unsigned char)scan->at[len]) || strchr("-_*", scan->at[len]) != NULL) {
		if (scan->at[len] == '\0')
			break;
		len++;
	}
	bool value = is_word(scan->at, len, "true") || is_word(scan->at, len, "false");

	// In front of = even these are names.
	follow(scan, value && scan->last != TOKEN_CLOSE ? TOKEN_VALUE : TOKEN_NAME, scan->at, len);
	take(scan, len);
}

static void
scan_number(struct scan *scan)
{
	size_t len = config_number_length(scan->at);
	char text[512];
	long long value;

	snprintf(text, sizeof(text), "%.*s", (int)len, scan->at);
	follow(scan, TOKEN_VALUE, scan->at, len);
	if (len < sizeof(text) && config_number_whole(text, &value))
		fprintf(scan->text->out, "%lldL", value);
	else if (len < sizeof(text) && config_number_is_real(text))
		put(scan, scan->at, len);
	else
		fail(scan,
		     scan->line,
		     "%.40s is not a number; write all its digits and no unit, such as 5000000",
		     text);
	scan->at += len;
}

static void
open_bracket(struct scan *scan)
{
	follow(scan, TOKEN_OPEN, scan->at, 1);
	if (scan->bracket_count < CONFIG_NESTING_MAX)
		scan->brackets[scan->bracket_count] = (struct bracket){*scan->at, scan->line};
	else if (scan->bracket_count == CONFIG_NESTING_MAX)
		fail(scan, scan->line, "more than %d brackets inside each other", CONFIG_NESTING_MAX
		);
	scan->bracket_count++;
	take(scan, 1);
}

static void
close_bracket(struct scan *scan)
{
	static const char opening[] = "([{", closing[] = ")]}";
	char wanted = opening[strchr(closing, *scan->at) - closing];

	follow(scan, TOKEN_CLOSE, scan->at, 1);
	if (scan->bracket_count == 0)
		fail(scan, scan->line, "%c closes nothing; no %c is open", *scan->at, wanted);
	else if (--scan->bracket_count < CONFIG_NESTING_MAX && scan->brackets[scan->bracket_count].open != wanted)
		fail(scan,
		     scan->line,
		     "%c does not close the %c of line %u",
		     *scan->at,
		     scan->brackets[scan->bracket_count].open,
		     scan->brackets[scan->bracket_count].line);
	take(scan, 1);
}

// @include "FILE", which begins its line.
static void
scan_include(struct scan *scan)
{
	static const char word[] = "@include";
	const char *name = scan->at + sizeof(word) - 1;
	char path[4096];

	name += strspn(name, " \t");
	size_t len = *name == '"' ? strcspn(name + 1, "\"\n") : 0;

	if (strncmp(scan->at, word, sizeof(word) - 1) != 0 || len == 0 || name[len + 1] != '"'
	    || len >= sizeof(path)) {
		fail(scan, scan->line, "a line with @ must be: @include \"FILE\"");
		scan->at += strcspn(scan->at, "\n");
		return;
	}
	snprintf(path, sizeof(path), "%.*s", (int)len, name + 1);
	fputc('\n', scan->text->out);
	config_text_include(scan->text, scan->file, scan->line, path, scan->depth);
	fputc('\n', scan->text->out);
	config_text_new_line(scan->text, scan->file, scan->line);
	scan->at = name + len + 2;
}

static void
scan_token(struct scan *scan)
{
	unsigned char c = (unsigned char)*scan->at;

	if (isspace(c)) {
		take(scan, 1);
	} else if (c == '#' || (c == '/' && (scan->at[1] == '/' || scan->at[1] == '*'))) {
		scan_comment(scan);
	} else if (c == '"') {
		scan_text(scan);
	} else if (isalpha(c) || c == '*') {
		scan_name(scan);
	} else if (isdigit(c) || ((c == '+' || c == '-' || c == '.') && scan->at[1] != '\0')) {
		scan_number(scan);
	} else if (strchr("([{", c) != NULL) {
		open_bracket(scan);
	} else if (strchr(")]}", c) != NULL) {
		close_bracket(scan);
	} else if (strchr("=:;,", c) != NULL) {
		follow(scan, c == '=' || c == ':' ? TOKEN_ASSIGN : TOKEN_SEPARATOR, scan->at, 1);
		take(scan, 1);
	} else if (c == '@') {
		scan_include(scan);
	} else {
		fail(scan,
		     scan->line,
		     isprint(c) ? "unexpected %c: a name or a value belongs here"
				: "unexpected byte 0x%02x: a name or a value belongs here",
		     c);
		scan->at += strcspn(scan->at, "\n");
	}
}

void
config_scan_file(struct config_text *text, unsigned file, const char *bytes, unsigned depth)
{
	struct scan scan = {.text = text, .at = bytes, .file = file, .depth = depth, .line = 1};

	while (*scan.at != '\0')
		scan_token(&scan);
	if (scan.last == TOKEN_NAME)
		fail(&scan,
		     scan.last_line,
		     "a = is missing behind %s; a setting is NAME = VALUE;",
		     scan.last_text);
	if (scan.last == TOKEN_ASSIGN)
		fail(&scan, scan.last_line, "a value is missing behind =");
	if (scan.bracket_count > 0 && scan.bracket_count <= CONFIG_NESTING_MAX)
		fail(&scan,
		     scan.line,
		     "the file ends inside the %c of line %u",
		     scan.brackets[scan.bracket_count - 1].open,
		     scan.brackets[scan.bracket_count - 1].line);
}
