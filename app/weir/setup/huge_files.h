// SPDX-License-Identifier: BSD-3-Clause
// Files of DPDK in hugetlbfs: EAL maps huge pages from files PREFIXmap_NUMBER. What is in use at rte_eal_cleanup stays
// there, and its pages are free for others only when the file is gone.

#pragma once

// Removes the files of a file prefix from each hugetlbfs that is mounted. Only for who owns the prefix, once EAL is
// down. A secondary process keeps the pages that it has mapped until its end. `root`: prefix of every path; "": this
// machine.
void huge_files_remove(const char *root, const char *prefix);
