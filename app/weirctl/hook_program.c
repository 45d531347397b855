// SPDX-License-Identifier: BSD-3-Clause

#include "hook_program.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { KILL_AFTER_S = 1 }; // from SIGTERM to SIGKILL

// Its own process group, no blocked or ignored signals, nothing to read.
static int
spawn(pid_t *pid, const char *path, const char *word)
{
	char *const argv[] = {(char *)path, (char *)word, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(
		&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
	);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	int error = posix_spawn(pid, path, &files, &attributes, argv, environ);

	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

void
hook_program_start(
	struct hook_program *program,
	const char *word,
	const struct service *service,
	double now_s
)
{
	program->word = word;
	program->started_s = program->ended_s = now_s;
	program->late = program->good = false;
	setenv("WEIR_HEALTH", service->health, true);
	setenv("WEIR_REASON", service->reason, true);
	int error = spawn(&program->pid, program->path, word);

	if (error == 0)
		return;
	program->pid = 0;
	fprintf(stderr, "weirctl: %s %s: %s\n", program->path, word, strerror(error));
}

static void
take_end(struct hook_program *program, int status, double now_s)
{
	program->pid = 0;
	program->ended_s = now_s;
	program->good = !program->late && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	fprintf(stderr, "weirctl: %s %s: ", program->path, program->word);
	if (WIFEXITED(status))
		fprintf(stderr, "exit status %d", WEXITSTATUS(status));
	else
		fprintf(stderr, "ended by signal %d", WTERMSIG(status));
	fprintf(stderr, ", after %.1f s\n", now_s - program->started_s);
}

static void
end_if_late(struct hook_program *program, double now_s)
{
	double age_s = now_s - program->started_s;

	if (!program->late && age_s >= program->limit_s) {
		fprintf(stderr,
			"weirctl: %s %s: still runs after %g s, ends it\n",
			program->path,
			program->word,
			program->limit_s);
		program->late = true;
		kill(-program->pid, SIGTERM);
	}
	if (program->late && age_s >= program->limit_s + KILL_AFTER_S)
		kill(-program->pid, SIGKILL);
}

void
hook_program_look(struct hook_program *program, double now_s)
{
	int status;

	if (program->pid == 0)
		return;
	pid_t ended = waitpid(program->pid, &status, WNOHANG);

	if (ended == program->pid) {
		if (program->late) // what it has started
			kill(-program->pid, SIGKILL);
		take_end(program, status, now_s);
	} else {
		end_if_late(program, now_s);
	}
}
