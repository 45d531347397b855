// SPDX-License-Identifier: BSD-3-Clause
// Readers of the types that only weir-load has, for the fields that options.h names.

#pragma once

#include "../common/option.h"

OPTION_READER(IPV4);
OPTION_READER(IPV6);
OPTION_READER(MAC);
OPTION_READER(NET4); // a prefix of 1 to 30 bits
OPTION_READER(NET6); // a prefix of 1 to 64 bits
