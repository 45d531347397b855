// SPDX-License-Identifier: BSD-3-Clause

#include "restore.h"

#include "../control/control.h"
#include "../log/log.h"
#include "../setup/steering.h"
#include "load.h"
#include "save.h"
#include "snapshot_file.h"
#include "snapshots.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void
tell(struct weir *weir, const char *path, const struct load_report *report)
{
	const struct shard_restore_counts *counts = &report->counts;
	struct snapshot_status *status = &weir->snapshot;

	snapshot_status_set(&status->restored_torrents, counts->torrents);
	snapshot_status_set(&status->restored_peers, counts->peers);
	snapshot_status_set(&status->restored_expired, counts->expired);
	snapshot_status_set(&status->restored_dropped, counts->dropped);
	log_info(
		"restored %" PRIu64 " torrents and %" PRIu64 " peers in %" PRIu64
		" ms from %s, begun %" PRIu64 " s ago; %" PRIu64 " peers had timed out",
		counts->torrents,
		counts->peers,
		report->ms,
		path,
		report->age_s,
		counts->expired
	);
	if (counts->dropped > 0)
		log_warning(
			"%" PRIu64 " peers and torrents of %s found no room: raise "
			"swarm.max_torrents or swarm.max_peers",
			counts->dropped,
			path
		);
}

// Neither file could be loaded, for the reason in `why`.
static bool
follow_failure(struct weir *weir, const struct error *why, struct error *error)
{
	if (weir->config->snapshot_on_failure == CONFIG_ON_FAILURE_STOP)
		return error_set(
			error,
			"snapshot.file",
			"%.800s; move it away, or set snapshot.on_failure = \"empty\"",
			why->text
		);
	log_error("%s: serving without torrents (snapshot.on_failure)", why->text);
	return true;
}

static bool
load_old(
	struct weir *weir,
	const char *path,
	enum load_result result,
	uint32_t now_s,
	struct error *error
)
{
	char old[SNAPSHOT_PATH_MAX];
	struct load_report report;
	struct error first = *error;

	snapshot_file_name(old, path, SNAPSHOT_OLD);
	enum load_result second = load_snapshot(weir, old, now_s, &report, error);

	switch (second) {
	case LOAD_DONE:
		if (result == LOAD_WRONG)
			log_warning("%s: loading %s instead", first.text, old);
		tell(weir, old, &report);
		return true;
	case LOAD_MISSING:
		if (result == LOAD_WRONG)
			return follow_failure(weir, &first, error);
		log_info("no snapshot yet: %s", path);
		return true;
	case LOAD_WRONG:
		if (result == LOAD_WRONG)
			log_warning("%s", first.text);
		first = *error;
		return follow_failure(weir, &first, error);
	default:
		return false;
	}
}

static bool
load(struct weir *weir, struct error *error)
{
	const char *path = weir->snapshot.file;
	struct load_report report;

	control_read_wall_clock(weir);
	uint32_t now_s = save_clock_s(weir);
	enum load_result result = load_snapshot(weir, path, now_s, &report, error);

	switch (result) {
	case LOAD_DONE:
		tell(weir, path, &report);
		return true;
	case LOAD_WRONG:
		weir->snapshot.refused = true;
		return load_old(weir, path, result, now_s, error);
	case LOAD_MISSING:
		return load_old(weir, path, result, now_s, error);
	default:
		return false;
	}
}

static void
forget_file(struct weir *weir)
{
	free(weir->snapshot.file);
	weir->snapshot.file = NULL;
}

bool
restore_up(struct weir *weir, struct error *error)
{
	const char *path = weir->config->snapshot_file;

	weir->snapshot = (struct snapshot_status){.file = strdup(path)};
	if (weir->snapshot.file == NULL)
		return error_set(error, NULL, "no memory for the name of snapshot.file");
	if (*path == '\0' || steering_is_wanted(weir->config) || load(weir, error))
		return true;
	forget_file(weir);
	return false;
}

bool
restore_late(struct weir *weir, struct error *error)
{
	return *weir->snapshot.file == '\0' || !steering_is_wanted(weir->config)
		|| load(weir, error);
}

static void
save_last(struct weir *weir)
{
	const char *path = weir->snapshot.file;
	struct snapshot_report report = {0};
	struct error error;
	bool done = save_at_end(weir, path, &report, &error);

	snapshots_note(weir, done, &report, &error);
	if (done)
		log_info(
			"saved %" PRIu64 " torrents and %" PRIu64 " peers to %s in %" PRIu64 " ms",
			report.torrents,
			report.peers,
			path,
			report.ms
		);
}

void
restore_down(struct weir *weir)
{
	if (*weir->snapshot.file != '\0' && weir->snapshot.served)
		save_last(weir);
	forget_file(weir);
}
