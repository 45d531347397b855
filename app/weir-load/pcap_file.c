// SPDX-License-Identifier: BSD-3-Clause

#include "pcap_file.h"

#include "../common/output_file.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SNAP_BYTES = 65535,
	BUFFER_BYTES = 1 << 20,
};

struct pcap_writer {
	pcap_t *pcap;
	pcap_dumper_t *dumper;
	uint64_t number;
};

struct pcap_writer *
pcap_writer_open(const char *path, char *why, size_t size)
{
	struct pcap_writer *writer = calloc(1, sizeof(*writer));

	if (writer == NULL) {
		snprintf(why, size, "out of memory");
		return NULL;
	}
	FILE *file = output_file_open(path);

	if (file == NULL) {
		snprintf(why, size, "%s", strerror(errno));
		free(writer);
		return NULL;
	}
	writer->pcap = pcap_open_dead(DLT_EN10MB, SNAP_BYTES);
	writer->dumper = pcap_dump_fopen(writer->pcap, file);
	if (writer->dumper == NULL) {
		snprintf(why, size, "%s", pcap_geterr(writer->pcap));
		fclose(file);
		pcap_close(writer->pcap);
		free(writer);
		return NULL;
	}
	return writer;
}

// Time stamps just count up, so that the same requests make the same file.
void
pcap_writer_add(struct pcap_writer *writer, const uint8_t *frame, uint16_t len)
{
	struct pcap_pkthdr header = {
		.ts = {(time_t)(writer->number / 1000000), (suseconds_t)(writer->number % 1000000)},
		.caplen = len,
		.len = len,
	};

	writer->number++;
	pcap_dump((u_char *)writer->dumper, &header, frame);
}

bool
pcap_writer_close(struct pcap_writer *writer, char *why, size_t size)
{
	bool ok = pcap_dump_flush(writer->dumper) == 0 && !ferror(pcap_dump_file(writer->dumper));

	if (!ok)
		snprintf(why, size, "cannot be written: %s", strerror(errno));
	pcap_dump_close(writer->dumper);
	pcap_close(writer->pcap);
	free(writer);
	return ok;
}

// Doubles the tables where they are full. False: out of memory.
static bool
grow_tables(
	struct pcap_frames *frames,
	uint64_t used,
	uint64_t *bytes_capacity,
	size_t *items_capacity
)
{
	if (used > *bytes_capacity) {
		uint64_t capacity = *bytes_capacity == 0 ? BUFFER_BYTES : *bytes_capacity * 2;
		uint8_t *bytes = realloc(frames->bytes, capacity);

		if (bytes == NULL)
			return false;
		frames->bytes = bytes;
		*bytes_capacity = capacity;
	}
	if (frames->count == *items_capacity) {
		size_t capacity = *items_capacity == 0 ? 1024 : *items_capacity * 2;
		struct pcap_frame *items = realloc(frames->items, capacity * sizeof(*items));

		if (items == NULL)
			return false;
		frames->items = items;
		*items_capacity = capacity;
	}
	return true;
}

static bool
read_frames(struct pcap_frames *frames, pcap_t *pcap, uint16_t frame_max, char *why, size_t size)
{
	uint64_t at = 0, bytes_capacity = 0;
	size_t items_capacity = 0;
	struct pcap_pkthdr *header;
	const u_char *data;
	int status;

	while ((status = pcap_next_ex(pcap, &header, &data)) == 1) {
		if (header->len == 0 || header->caplen != header->len || header->len > frame_max) {
			snprintf(
				why,
				size,
				"frame %zu is empty, truncated, or longer than %u bytes",
				frames->count + 1,
				frame_max
			);
			return false;
		}
		if (!grow_tables(frames, at + header->len, &bytes_capacity, &items_capacity)) {
			snprintf(why, size, "out of memory");
			return false;
		}
		memcpy(frames->bytes + at, data, header->len);
		frames->items[frames->count++] = (struct pcap_frame){at, (uint16_t)header->len};
		at += header->len;
	}
	if (status == PCAP_ERROR)
		snprintf(why, size, "%s", pcap_geterr(pcap));
	else if (frames->count == 0)
		snprintf(why, size, "no frames");
	return status != PCAP_ERROR && frames->count > 0;
}

bool
pcap_read(struct pcap_frames *frames, const char *path, uint16_t frame_max, char *why, size_t size)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, error);
	bool ok = false;

	*frames = (struct pcap_frames){0};
	if (pcap == NULL) {
		snprintf(why, size, "%s", error);
		return false;
	}
	if (pcap_datalink(pcap) != DLT_EN10MB)
		snprintf(why, size, "not a capture of Ethernet frames");
	else
		ok = read_frames(frames, pcap, frame_max, why, size);
	pcap_close(pcap);
	if (!ok)
		pcap_frames_free(frames);
	return ok;
}

void
pcap_frames_free(struct pcap_frames *frames)
{
	free(frames->bytes);
	free(frames->items);
	*frames = (struct pcap_frames){0};
}
