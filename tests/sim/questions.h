// SPDX-License-Identifier: BSD-3-Clause
// Questions of telemetry to the workers, by their mailboxes. The linker puts a judge around question_answer, so that
// each answer is compared with the naive tracker at the moment at which it is made.

#pragma once

#include "dice.h"

// Starts a thread of telemetry that asks one worker, unless two are asking.
void questions_ask(struct dice *dice);

// They vanished.
void questions_forget(void);
