// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to the capture files that weir-load replays. A file has frames within the limit, or a reason why it is
// refused.

#include "../../app/weir-load/pcap_file.h"
#include "fuzz.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FRAME_MAX = 1518, FILE_MAX = 1 << 16 };

static void
check_frames(const struct pcap_frames *frames, size_t size)
{
	uint64_t at = 0;
	unsigned sum = 0;

	demand(frames->count > 0);
	for (size_t i = 0; i < frames->count; i++) {
		demand(frames->items[i].at == at && frames->items[i].len <= FRAME_MAX);
		for (unsigned byte = 0; byte < frames->items[i].len; byte++)
			sum += frames->bytes[at + byte];
		at += frames->items[i].len;
	}
	demand(at <= size && sum <= at * UINT8_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[40], why[256] = "";
	struct pcap_frames frames;

	if (size > FILE_MAX)
		return 0;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	demand(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (pcap_read(&frames, path, FRAME_MAX, why, sizeof(why))) {
		check_frames(&frames, size);
		pcap_frames_free(&frames);
	} else {
		demand(why[0] != '\0' && frames.bytes == NULL && frames.items == NULL);
	}
	close(fd);
	return 0;
}
