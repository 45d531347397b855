// SPDX-License-Identifier: BSD-3-Clause

#include "idle_choice.h"

// Why an lcore cannot monitor; NULL: it can.
static const char *
monitor_obstacle(const struct idle_cpu *cpu, const struct idle_lines *lines)
{
	unsigned count = lines->queues + lines->rings;

	if (!cpu->monitor)
		return "this CPU cannot monitor memory";
	if (!lines->queues_tell)
		return "a port does not tell what to monitor";
	if (count == 0)
		return "an lcore has no queue and no ring to monitor";
	if (count > 1 && !cpu->monitor_multi)
		return "this CPU can monitor one queue or ring only";
	if (count > IDLE_LINES_MAX)
		return "there are too many queues and rings to monitor";
	return NULL;
}

static struct idle_choice
choose_auto(const struct idle_machine *machine, const char *why)
{
	return (struct idle_choice){
		.way = machine->is_virtual ? IDLE_SLEEP : IDLE_POLL,
		.why = why,
	};
}

static struct idle_choice
choose_pause(const struct idle_machine *machine, const char *why)
{
	if (machine->cpu.pause)
		return (struct idle_choice){.way = IDLE_PAUSE, .why = why};
	return choose_auto(machine, why != NULL ? why : "this CPU cannot pause until a time");
}

static struct idle_choice
choose_monitor(const struct idle_machine *machine, const struct idle_lines *lines)
{
	const char *obstacle = monitor_obstacle(&machine->cpu, lines);

	if (obstacle != NULL)
		return choose_pause(machine, obstacle);
	return (struct idle_choice){.way = IDLE_MONITOR};
}

// Until the silence is long enough: what costs least power. Devices that are made of software need the CPU themselves.
static enum idle_way
way_before_rest(const struct idle_machine *machine, const struct idle_lines *lines)
{
	if (machine->is_virtual)
		return IDLE_SLEEP;
	if (monitor_obstacle(&machine->cpu, lines) == NULL)
		return IDLE_MONITOR;
	return machine->cpu.pause ? IDLE_PAUSE : IDLE_SLEEP;
}

static struct idle_choice
choose_interrupt(const struct idle_machine *machine, const struct idle_lines *lines)
{
	if (machine->no_interrupts != NULL)
		return choose_auto(machine, machine->no_interrupts);
	return (struct idle_choice){.way = way_before_rest(machine, lines), .rests = true};
}

struct idle_choice
idle_choose(
	enum config_idle wanted,
	const struct idle_machine *machine,
	const struct idle_lines *lines
)
{
	switch (wanted) {
	case CONFIG_IDLE_POLL:
		return (struct idle_choice){.way = IDLE_POLL};
	case CONFIG_IDLE_SLEEP:
		return (struct idle_choice){.way = IDLE_SLEEP};
	case CONFIG_IDLE_PAUSE:
		return choose_pause(machine, NULL);
	case CONFIG_IDLE_MONITOR:
		return choose_monitor(machine, lines);
	case CONFIG_IDLE_INTERRUPT:
		return choose_interrupt(machine, lines);
	case CONFIG_IDLE_AUTO:
		break;
	}
	return choose_auto(machine, NULL);
}

const char *
idle_way_text(enum idle_way way)
{
	static const char *const texts[] = {
		[IDLE_POLL] = "poll",
		[IDLE_SLEEP] = "sleep",
		[IDLE_PAUSE] = "pause",
		[IDLE_MONITOR] = "monitor",
	};

	return texts[way];
}
