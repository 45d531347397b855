// SPDX-License-Identifier: BSD-3-Clause
// Command line in, exit status out. The main lcore starts the load and reports.

#include "../common/complain.h"
#include "../common/dpdk/dpdk_version.h"
#include "../common/standard_streams.h"
#include "../common/version.h"
#include "eal.h"
#include "hashes.h"
#include "load_loop.h"
#include "options.h"
#include "port.h"
#include "replay.h"
#include "results.h"
#include "write.h"

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_version.h>

#include <signal.h>
#include <stdlib.h>

enum {
	POLLING_LCORE = 1,
	REPORT_EVERY_MS = 1000,
	LOOK_EVERY_MS = 10,
};

static volatile sig_atomic_t interrupted;

static void
on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

static void
print_progress(const struct results *results, const char *doing, uint64_t *replies_before)
{
	uint64_t replies = stats_read(&results->good_replies);
	uint64_t lost = results_sum(&results->parts[PART_WARM_UP]).lost
		+ results_sum(&results->parts[PART_MEASURED]).lost;

	fprintf(stderr,
		"weir-load: %s, %lu replies/s, %lu lost, %lu wrong\n",
		doing,
		replies - *replies_before,
		lost,
		results_wrong(results));
	*replies_before = replies;
}

// Reports progress while the polling lcore runs. `phase`: of the load; NULL: a replay.
static void
report(const struct options *options,
       const struct results *results,
       const enum load_phase *phase,
       bool *stop)
{
	uint64_t replies_before = 0;
	unsigned waited_ms = 0;

	while (rte_eal_get_lcore_state(POLLING_LCORE) == RUNNING) {
		rte_delay_us_sleep(LOOK_EVERY_MS * 1000);
		__atomic_store_n(stop, interrupted != 0, __ATOMIC_RELAXED);
		waited_ms += LOOK_EVERY_MS;
		if (waited_ms < REPORT_EVERY_MS)
			continue;
		waited_ms = 0;
		const char *doing = phase == NULL
			? "replaying"
			: load_phase_names[__atomic_load_n(phase, __ATOMIC_RELAXED)];

		if (!options->quiet)
			print_progress(results, doing, &replies_before);
	}
	rte_eal_wait_lcore(POLLING_LCORE);
}

static void
ask(const struct options *options, struct port *port, struct results *results)
{
	static struct load load;

	load_init(&load, options, port, results);
	rte_eal_remote_launch(load_run, &load, POLLING_LCORE);
	report(options, results, &load.phase, &load.stop);
	if (load.failure != NULL)
		complain("%s", load.failure);
	load_free(&load);
}

static void
replay_file(const struct options *options, struct port *port, struct results *results)
{
	static struct replay replay;
	char why[256];

	if (!replay_init(&replay, options, port, results, why, sizeof(why))) {
		complain("--replay %s: %s", options->replay, why);
		return;
	}
	rte_eal_remote_launch(replay_run, &replay, POLLING_LCORE);
	report(options, results, NULL, &replay.stop);
	replay_free(&replay);
}

// What came of it stands in `results`; they are not `finished` where something failed.
static void
use_port(const struct options *options, struct results *results)
{
	struct port port = {0};
	char why[256];

	if (!port_up(&port, options, why, sizeof(why))) {
		complain("%s", why);
		return;
	}
	if (!port_wait_for_link(&port, why, sizeof(why)))
		complain("%s", why);
	else if (options->replay != NULL)
		replay_file(options, &port, results);
	else
		ask(options, &port, results);
	port_down(&port);
}

static void
use_dpdk(const struct options *options, struct results *results)
{
	char why[256];

	if (!eal_up(options->eal_argument_count, options->eal_arguments, why, sizeof(why))) {
		complain("%s; EAL's own message is above", why);
		return;
	}
	results_init(results, (double)rte_get_tsc_hz());
	if (rte_lcore_is_enabled(POLLING_LCORE))
		use_port(options, results);
	else
		complain("lcores 0 and 1 are required: --lcores 0@0,1@1");
	eal_down();
}

int
main(int argc, char **argv)
{
	static struct results results;
	struct options options;

	standard_streams_guard();
	if (!options_parse(&options, argc, argv, stderr))
		return EXIT_WRONG;
	if (options.help != OPTION_HELP_NONE) {
		options_print_help(options.help, stdout);
		return standard_output_finish("weir-load", EXIT_SUCCESS);
	}
	if (options.version) {
		version_print("weir-load", stdout);
		dpdk_version_print(dpdk_version_built, rte_version(), stdout);
		return standard_output_finish("weir-load", EXIT_SUCCESS);
	}
	if (options.print_hashes != NULL)
		return hashes_write(&options) ? EXIT_SUCCESS : EXIT_FAILURE;
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	results_init(&results, 1);
	if (options.write != NULL)
		results.finished = write_requests(&options, &results);
	else
		use_dpdk(&options, &results);
	if (options.json != NULL && !results_write_json(&results, &options))
		return EXIT_FAILURE;
	if (!options.quiet && options.write == NULL)
		results_print(&results, &options, stderr);
	return results_status(&results, &options);
}
