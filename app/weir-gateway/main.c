// SPDX-License-Identifier: BSD-3-Clause
// Command line in, exit status out. Started as root, it becomes another user before the first client.

#include "../common/complain.h"
#include "../common/core_dumps.h"
#include "../common/credential.h"
#include "../common/monotonic.h"
#include "../common/service/privilege.h"
#include "../common/service/service_manager.h"
#include "../common/standard_streams.h"
#include "../common/version.h"
#include "change_thread.h"
#include "confinement.h"
#include "connector.h"
#include "control_socket.h"
#include "history.h"
#include "listeners.h"
#include "options.h"
#include "server.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

// State from before privileges are dropped.
struct start {
	struct options options;
	struct tokens tokens;
	struct privilege_user user; // as root
	bool root;
	int sockets[SERVER_LISTENERS_MAX];
	int signal_fd;
};

static bool
find_user(const char *name, struct privilege_user *user, struct error *error)
{
	if (name != NULL)
		return privilege_find_user(name, user, error);
	return privilege_find_user("weir-gateway", user, error)
		|| privilege_find_user("nobody", user, error);
}

// Tokens that the service manager gives are used without an option.
static void
default_tokens(struct options *options)
{
	static const char token[] = "credential:weir-gateway.token";
	static const char write_token[] = "credential:weir-gateway.write-token";

	if (options->token_file == NULL && credential_is_there(token))
		options->token_file = token;
	if (options->write_token_file == NULL && credential_is_there(write_token))
		options->write_token_file = write_token;
}

// Checks options that depend on the system.
static bool
check_system(struct start *start)
{
	const struct options *options = &start->options;
	struct error error;
	bool ok = true;

	start->root = geteuid() == 0;
	default_tokens(&start->options);
	if (options->token_file != NULL
	    && !token_read(options->token_file, &start->tokens.read, &error))
		ok = complain("--token-file %s: %s", options->token_file, error.text);
	if (options->write_token_file != NULL
	    && !token_read(options->write_token_file, &start->tokens.write, &error))
		ok = complain("--write-token-file %s: %s", options->write_token_file, error.text);
	if (ok && start->tokens.read.required
	    && tokens_may_write(&start->tokens, start->tokens.read.text))
		ok = complain("--write-token-file: must not hold the token of --token-file");
	if (!start->root && options->user != NULL)
		ok = complain("--user: only root can change to another user");
	if (start->root && !find_user(options->user, &start->user, &error))
		ok = complain(
			"--user %s: %s",
			options->user == NULL ? "weir-gateway or nobody" : options->user,
			error.text
		);
	return ok;
}

static bool
open_signals(struct start *start)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	start->signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
	return start->signal_fd >= 0 || complain("signalfd: %s", strerror(errno));
}

static void
say_ready(const struct options *options)
{
	char line[SERVER_LISTENERS_MAX * (ADDRESS_TEXT_MAX + 10) + 10] = "ready:";
	size_t len = strlen(line);

	for (unsigned i = 0; i < options->listen.count; i++) {
		char text[ADDRESS_TEXT_MAX];

		address_print(&options->listen.addresses[i], text);
		len += (size_t)snprintf(line + len, sizeof(line) - len, " http://%s/", text);
	}
	fprintf(stderr, "weir-gateway: %s\n", line);
	service_manager_ready(line);
}

static bool
serve_by(
	struct start *start,
	struct connector *connector,
	struct connector *control,
	struct handler_thread *handler_thread,
	struct change_thread *change_thread,
	struct gateway_stats *stats
)
{
	struct error error;

	struct server *server = server_new(
		start->sockets,
		start->options.listen.count,
		&start->tokens,
		handler_thread,
		change_thread,
		stats
	);

	if (server == NULL)
		return complain("HTTP does not start: %s", strerror(errno));
	if (!confinement_begin(&error)) {
		server_free(server);
		return complain("%s", error.text);
	}
	say_ready(&start->options);
	server_run(server, start->signal_fd);
	service_manager_stopping("stopping");
	connector_abort(connector);
	connector_abort(control);
	server_free(server);
	return true;
}

static bool
serve(struct start *start)
{
	static struct gateway_stats stats;
	struct connector connector, control;
	struct change_thread *change_thread = NULL;
	struct error error;

	if (!privilege_confine(SERVER_DESCRIPTORS, &error))
		return complain("%s", error.text);
	connector_init(&connector, telemetry_connect, start->options.path);
	connector_init(&control, control_socket_connect, start->options.control_path);
	struct telemetry_client *client =
		telemetry_client_new_by(connector_connect, &connector, start->options.path);
	if (client != NULL)
		telemetry_client_set_timeout(client, REPLY_CACHE_TIMEOUT_S);
	struct reply_cache *cache =
		client == NULL ? NULL : reply_cache_new(client, &stats, monotonic_us);
	struct history *history = history_new();
	struct handler_thread *handler_thread = cache == NULL || history == NULL
		? NULL
		: handler_thread_start(cache, &stats, history);
	bool good = false;

	if (start->tokens.write.required)
		change_thread = change_thread_start(&control, &stats);
	if (handler_thread == NULL || (start->tokens.write.required && change_thread == NULL))
		complain("no memory, or no thread");
	else
		good = serve_by(start, &connector, &control, handler_thread, change_thread, &stats);
	change_thread_stop(change_thread);
	if (handler_thread != NULL)
		handler_thread_stop(handler_thread);
	history_free(history);
	reply_cache_free(cache);
	telemetry_client_free(client);
	connector_close(&connector);
	connector_close(&control);
	return good;
}

// The group that may use Weir's sockets: that of their folder, but not root's; where Weir has not made it yet, the
// default of control.group.
static gid_t
find_socket_group(const struct start *start)
{
	char path[TELEMETRY_PATH_MAX];
	struct stat folder;
	const struct group *group;

	snprintf(path, sizeof(path), "%s", start->options.path);
	if (stat(dirname(path), &folder) == 0)
		return folder.st_gid != 0 ? folder.st_gid : start->user.gid;
	group = getgrnam("weir");
	return group != NULL ? group->gr_gid : start->user.gid;
}

static void
tell_if_closed(const struct start *start)
{
	char path[TELEMETRY_PATH_MAX];

	snprintf(path, sizeof(path), "%s", start->options.path);
	if (access(dirname(path), X_OK) != 0 && errno == EACCES)
		complain(
			"user %s cannot use the sockets in %s: start Weir with a control.group "
			"(default: weir, where there is such a group)",
			start->user.name,
			path
		);
}

static bool
drop_root(const struct start *start)
{
	struct error error;

	if (!privilege_become(&start->user, find_socket_group(start), &error))
		return complain("%s", error.text);
	tell_if_closed(start);
	return true;
}

int
main(int argc, char **argv)
{
	static struct start start;
	struct error error;

	standard_streams_guard();
	core_dumps_forbid(); // the token is read before privilege_confine
	signal(SIGHUP, SIG_IGN); // nothing to reload; ignored, so that it does not end the process
	bool ok = options_parse(&start.options, argc, argv, stderr);

	if (ok && start.options.help != OPTION_HELP_NONE) {
		options_print_help(start.options.help, stdout);
		return standard_output_finish("weir-gateway", EXIT_SUCCESS);
	}
	if (ok && start.options.version) {
		version_print("weir-gateway", stdout);
		return standard_output_finish("weir-gateway", EXIT_SUCCESS);
	}
	if (!check_system(&start) || !ok)
		return EXIT_WRONG;
	if (!listeners_open(
		    start.options.listen.addresses,
		    start.options.listen.count,
		    start.sockets,
		    &error
	    )) {
		complain("%s", error.text);
		return EXIT_FAILURE;
	}
	if (!open_signals(&start))
		return EXIT_FAILURE;
	if (start.root && !drop_root(&start))
		return EXIT_FAILURE;
	return serve(&start) ? EXIT_SUCCESS : EXIT_FAILURE;
}
