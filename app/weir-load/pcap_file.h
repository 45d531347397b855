// SPDX-License-Identifier: BSD-3-Clause
// Capture files: Ethernet frames, written and read.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pcap_writer;

// NULL, and a sentence in `why`, where the file cannot be made.
struct pcap_writer *pcap_writer_open(const char *path, char *why, size_t size);
void pcap_writer_add(struct pcap_writer *writer, const uint8_t *frame, uint16_t len);
// False where not all of it is in the file.
bool pcap_writer_close(struct pcap_writer *writer, char *why, size_t size);

// All frames of a file, in memory.
struct pcap_frames {
	uint8_t *bytes; // one frame behind the other
	struct pcap_frame {
		uint64_t at; // in bytes
		uint16_t len;
	} * items;
	size_t count;
};

// False, and a sentence in `why`, where the file cannot be read, is not of Ethernet, holds a frame
// that was cut, that is longer than `frame_max` bytes, or none at all.
bool
pcap_read(struct pcap_frames *frames, const char *path, uint16_t frame_max, char *why, size_t size);
void pcap_frames_free(struct pcap_frames *frames);
