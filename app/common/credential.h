// SPDX-License-Identifier: BSD-3-Clause
// Secrets that the service manager hands to a service: LoadCredential= of its unit, a file of $CREDENTIALS_DIRECTORY.
//
// An option or setting that names a secret file takes credential:NAME, too.

#pragma once

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

// Whether `text` names a credential.
bool credential_is_named(const char *text);

// The path of the file that `text` means: of its credential, or `text` itself. False, with an error, if there are no
// credentials here, or the name is none.
bool credential_path(const char *text, char *path, size_t size, struct error *error);

// Whether the service manager has given this credential.
bool credential_is_there(const char *text);

// Reads a secret file or credential, as plain_file_read does: with its errors, errno and memory. The service manager
// gives a credential to our user alone, by an access list that looks like a mode for the group.
char *credential_read(const char *text, size_t max, size_t *len, struct error *error);
