// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/huge_files.c: what goes, beside mounts made of folders.

#include "../../app/weir/setup/huge_files.h"
#include "../support/cmocka_wrap.h"
#include "../support/config_file.h"
#include "../support/made_topology.h"

#include <rte_common.h>

#include <unistd.h>

static const char mounts[] = "hugetlbfs /huge hugetlbfs rw,pagesize=2M 0 0\n"
			     "none /large hugetlbfs rw,pagesize=1G 0 0\n"
			     "none /gone hugetlbfs rw 0 0\n"
			     "tmpfs /other tmpfs rw 0 0\n";

static bool
is_there(const char *name)
{
	char path[TEMP_PATH_MAX];

	temp_path(&temp, name, path);
	return access(path, F_OK) == 0;
}

static void
test_those_of_the_prefix_go(void **state)
{
	static const char *const gone[] = {
		"huge/weirmap_0", "huge/weirmap_65536", "large/weirmap_7"};
	static const char *const kept[] = {
		"huge/weir2map_0",
		"huge/rtemap_0",
		"huge/weirmap_",
		"huge/weirmap_0x",
		"huge/weir",
		"other/weirmap_0",
	};

	(void)state;
	made_file("proc/self/mounts", mounts);
	for (unsigned i = 0; i < RTE_DIM(gone); i++)
		made_file(gone[i], "");
	for (unsigned i = 0; i < RTE_DIM(kept); i++)
		made_file(kept[i], "");
	huge_files_remove(temp.folder, "weir");
	for (unsigned i = 0; i < RTE_DIM(gone); i++)
		assert_false(is_there(gone[i]));
	for (unsigned i = 0; i < RTE_DIM(kept); i++)
		assert_true(is_there(kept[i]));
}

// A container may hide /proc.
static void
test_without_mounts(void **state)
{
	(void)state;
	made_file("huge/weirmap_0", "");
	huge_files_remove(temp.folder, "weir");
	assert_true(is_there("huge/weirmap_0"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_those_of_the_prefix_go, temp_setup, temp_teardown
		),
		cmocka_unit_test_setup_teardown(test_without_mounts, temp_setup, temp_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
