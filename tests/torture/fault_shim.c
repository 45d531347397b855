// SPDX-License-Identifier: BSD-3-Clause
// A library that is loaded in front of all others (LD_PRELOAD) and lets calls of the program fail: those of faults.def
// that come from the program itself.
//
//   WEIR_FAULT_LOG=FILE  writes a line for each place that calls one of them: function, and the offset of the place
//   WEIR_FAULT=OFFSET    every call from that place fails
//
// Arguments are passed on as they are: all these functions take at most six, and none is a floating-point number.

#include <rte_errno.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PLACES_MAX = 4096 };

typedef long function(long a, long b, long c, long d, long e, long f);

static uintptr_t base, first, last; // of the program's code
static uintptr_t failing;
static int log_fd = -1;
static uintptr_t places[PLACES_MAX]; // that have been logged

// The program comes first.
static int
find_program(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	(void)context;
	base = info->dlpi_addr;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];

		if (part->p_type != PT_LOAD || (part->p_flags & PF_X) == 0)
			continue;
		first = base + part->p_vaddr;
		last = first + part->p_memsz;
	}
	return 1;
}

__attribute__((constructor)) static void
start(void)
{
	const char *path = getenv("WEIR_FAULT_LOG"), *offset = getenv("WEIR_FAULT");

	dl_iterate_phdr(find_program, NULL);
	if (path != NULL)
		log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (offset != NULL)
		failing = base + strtoul(offset, NULL, 16);
	unsetenv("LD_PRELOAD");
}

static bool
is_new(uintptr_t place)
{
	for (unsigned i = 0; i < PLACES_MAX; i++) {
		uintptr_t known = 0;

		if (__atomic_compare_exchange_n(
			    &places[i], &known, place, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED
		    ))
			return true;
		if (known == place)
			return false;
	}
	return false;
}

static void
log_place(const char *name, uintptr_t place)
{
	char line[128];
	int length = snprintf(line, sizeof(line), "%s %lx\n", name, (unsigned long)(place - base));

	// By the system call: write is one of the functions.
	if (length > 0)
		syscall(SYS_write, log_fd, line, (size_t)length);
}

static bool
fails(const char *name, const void *caller)
{
	uintptr_t place = (uintptr_t)caller;

	if (place < first || place >= last)
		return false;
	if (log_fd >= 0 && is_new(place))
		log_place(name, place);
	return place == failing;
}

// The dynamic linker allocates while it looks for a function, so these are asked of libc by name.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static function *
real_function(const char *name)
{
	static const struct {
		const char *name;
		void *function;
	} fixed[] = {
		{"malloc", (void *)__libc_malloc},
		{"calloc", (void *)__libc_calloc},
		{"realloc", (void *)__libc_realloc},
		{"aligned_alloc", (void *)__libc_memalign},
	};

	for (unsigned i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		if (strcmp(fixed[i].name, name) == 0)
			return (function *)fixed[i].function;
	return (function *)dlsym(RTLD_NEXT, name);
}

#define FAULT(name, result, error)                                                                 \
	long fault_##name(long a, long b, long c, long d, long e, long f) __asm__(#name);          \
	long fault_##name(long a, long b, long c, long d, long e, long f)                          \
	{                                                                                          \
		static function *real;                                                             \
                                                                                                   \
		if (fails(#name, __builtin_return_address(0))) {                                   \
			errno = (error);                                                           \
			rte_errno = (error);                                                       \
			return (result);                                                           \
		}                                                                                  \
		if (real == NULL)                                                                  \
			real = real_function(#name);                                               \
		return real(a, b, c, d, e, f);                                                     \
	}
#include "faults.def"
