// SPDX-License-Identifier: BSD-3-Clause
// weirctl top without a terminal and without Weir: snapshots made of texts, and the screen drawn of them.

#pragma once

#include "../../app/weirctl/view.h"
#include "cmocka_wrap.h"

extern struct canvas screen;
extern struct detail *screen_detail; // of the open torrent

// Fixtures of a group that draws.
int screen_setup(void **state);
int screen_teardown(void **state);

void snapshot_set_reply(struct snapshot *snapshot, enum snapshot_reply reply, const char *text);
struct snapshot
snapshot_at(double at_s, long pid, const char *ipv4, const char *stats, const char *lcores);

// Two snapshots of a Weir with one io lcore and one worker lcore, 2 seconds apart.
struct snapshot first_snapshot(void);
struct snapshot second_snapshot(long pid);

// A model that has taken both; one problem, and something of everything a screen shows.
struct model model_of_two_rounds(void);

void screen_draw(struct model *model, struct view *view, unsigned rows, unsigned columns);

// A row without the spaces at its end; valid until the next call.
const char *screen_row(unsigned row);
bool screen_has(const char *text);
void assert_screen_has(const char *text);

// The style of the first character of a text; STYLE_COUNT where no row has it.
enum style screen_style_of(const char *text);
