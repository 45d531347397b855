// SPDX-License-Identifier: BSD-3-Clause

#include "answers.h"

struct answer
answers_make(const struct request *request, struct replies *replies, struct own *own)
{
	(void)own;
	switch (request->route) {
	case ROUTE_status:
		return answer_status(replies);
	default:
		return answer_error(404, "there is nothing here");
	}
}

struct answer
answers_away(const struct request *request, const struct ask_error *error, const struct own *own)
{
	(void)own;
	switch (request->route) {
	case ROUTE_status:
		return answer_status_away(error);
	default:
		return answer_refusal(error);
	}
}
