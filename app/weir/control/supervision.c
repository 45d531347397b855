// SPDX-License-Identifier: BSD-3-Clause

#include "supervision.h"

#include "../../common/service/service_manager.h"
#include "tally.h"

#include <inttypes.h>

static void
list_problems(const struct health *health, char *text, size_t size)
{
	size_t len = 0;

	*text = '\0';
	for (enum health_check check = 0; check < HEALTH_COUNT && len < size; check++)
		if (health_has(health, check))
			len += (size_t)snprintf(
				text + len,
				size - len,
				"%s%s",
				len == 0 ? "; problems: " : ", ",
				health_infos[check].name
			);
}

static void
tell_figures(const struct weir *weir)
{
	char problems[SERVICE_STATUS_MAX / 2];
	struct stats sum;

	tally_stats(weir, &sum);
	list_problems(&weir->health, problems, sizeof(problems));
	service_manager_status(
		"serving %" PRIu64 " torrents, %" PRIu64 " peers over IPv4, %" PRIu64
		" over IPv6%s",
		sum.values[STAT_torrents],
		sum.values[STAT_seeders_ipv4] + sum.values[STAT_leechers_ipv4],
		sum.values[STAT_seeders_ipv6] + sum.values[STAT_leechers_ipv6],
		problems
	);
}

void
supervision_look(struct weir *weir, uint32_t now_s)
{
	struct supervision *supervision = &weir->supervision;
	unsigned problems = health_problems(&weir->health);

	if (!weir->ready || now_s == supervision->looked_s)
		return;
	supervision->looked_s = now_s;
	if (!health_has(&weir->health, HEALTH_lcore_stuck))
		service_manager_feed_watchdog();
	if (problems == supervision->problems && now_s - supervision->told_s < SUPERVISION_AGAIN_S)
		return;
	supervision->told_s = now_s;
	supervision->problems = problems;
	tell_figures(weir);
}
