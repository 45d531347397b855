// SPDX-License-Identifier: BSD-3-Clause
// Capture files of Ethernet frames: writing and reading.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pcap_writer;

// Returns NULL, with a reason in `why`, if the file cannot be created.
struct pcap_writer *pcap_writer_open(const char *path, char *why, size_t size);
void pcap_writer_add(struct pcap_writer *writer, const uint8_t *frame, uint16_t len);
// Returns false, with a reason in `why`, if the file is incomplete.
bool pcap_writer_close(struct pcap_writer *writer, char *why, size_t size);

// All frames of a file, in memory.
struct pcap_frames {
	uint8_t *bytes; // all frames, one after the other
	struct pcap_frame {
		uint64_t at; // offset in bytes
		uint16_t len;
	} * items;
	size_t count;
};

// Returns false, with a reason in `why`, if the file cannot be read, is not of Ethernet, has no
// frames, or has a frame that is empty, truncated, or longer than `frame_max` bytes.
bool
pcap_read(struct pcap_frames *frames, const char *path, uint16_t frame_max, char *why, size_t size);
void pcap_frames_free(struct pcap_frames *frames);
