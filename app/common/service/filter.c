// SPDX-License-Identifier: BSD-3-Clause

#include "filter.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>

// Calls that fail where they would otherwise end the process.
static const struct {
	const char *name;
	int error;
} failing[] = {
	{"clone3",
	 ENOSYS}, // its flags are in memory, where no filter can look; glibc uses clone then
	{"bpf",
	 EPERM}, // af_xdp takes its program off the interface at the end, which needs a capability anyway
	{"io_uring_setup", ENOSYS},
	{"open", EACCES}, // malloc looks into /proc and /sys, and goes on without
	{"openat", EACCES},
	{"setpriority", EPERM},
};

static int
allow(scmp_filter_ctx context, const struct filter_call *call)
{
	int number = seccomp_syscall_resolve_name(call->name);

	if (number < 0) // libseccomp has numbers below 0 for calls of other processors
		return 0;
	if (strcmp(call->name, "clone") == 0)
		return seccomp_rule_add(
			context,
			SCMP_ACT_ALLOW,
			number,
			1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)
		);
	return seccomp_rule_add(context, SCMP_ACT_ALLOW, number, 0);
}

static bool
is_allowed(const struct filter_call *calls, unsigned count, unsigned filter, const char *name)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(calls[i].name, name) == 0)
			return (calls[i].filters & filter) != 0;
	return false;
}

static int
fill(scmp_filter_ctx context, const struct filter_call *calls, unsigned count, unsigned filter)
{
	int why = 0;

	for (unsigned i = 0; i < count && why == 0; i++)
		if ((calls[i].filters & filter) != 0)
			why = allow(context, &calls[i]);
	for (unsigned i = 0; i < sizeof(failing) / sizeof(*failing) && why == 0; i++) {
		int number = seccomp_syscall_resolve_name(failing[i].name);
		const char *name = failing[i].name;

		if (number >= 0 && !is_allowed(calls, count, filter, name))
			why = seccomp_rule_add(
				context, SCMP_ACT_ERRNO((uint16_t)failing[i].error), number, 0
			);
	}
	return why;
}

bool
filter_install(
	const struct filter_call *calls,
	unsigned count,
	unsigned filter,
	enum filter_mode mode,
	bool all,
	struct error *error
)
{
	uint32_t action = mode == FILTER_LOG ? SCMP_ACT_LOG : SCMP_ACT_KILL_PROCESS;
	scmp_filter_ctx context;

	if (mode == FILTER_OFF)
		return true;
	context = seccomp_init(action);
	if (context == NULL)
		return error_set(
			error,
			NULL,
			"the kernel, or the filter of a service, does not let this process filter "
			"its "
			"system calls: allow it seccomp(2)"
		);
	int why = fill(context, calls, count, filter);

	// By number: the most frequent calls are found in a binary search.
	if (why == 0)
		seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (why == 0 && all)
		why = seccomp_attr_set(context, SCMP_FLTATR_CTL_TSYNC, 1);
	if (why == 0)
		why = seccomp_load(context);
	seccomp_release(context);
	return why == 0 || error_set(error, NULL, "no filter of system calls: %s", strerror(-why));
}
