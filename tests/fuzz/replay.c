/*
 * replay - a fuzz target with each file of a folder, as TAP: as it is, cut short at many
 * places, and with single bytes changed.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

#include <communique/file.h>

#define CUTS 64
#define CHANGES 256

/* A copy of exactly that size, so that a byte too far is seen by ASan. */
static void run(const char *at, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	must(copy != NULL);
	memcpy(copy, at, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void run_variants(struct buf *bytes)
{
	size_t step = bytes->len / CUTS + 1;
	uint32_t seed = 1;

	run(bytes->at, bytes->len);
	for (size_t len = 0; len < bytes->len; len += step)
		run(bytes->at, len);
	for (unsigned i = 0; bytes->len && i < CHANGES; i++) {
		char *at, kept;

		seed = seed * 1664525u + 1013904223u;
		at = bytes->at + (seed >> 8) % bytes->len;
		kept = *at;
		if (i % 4)
			*at = (char)(kept ^ (1 << i % 8));
		else
			*at = (char)(seed & 127);
		run(bytes->at, bytes->len);
		*at = kept;
	}
}

int main(int argc, char **argv)
{
	struct dirent **entries;
	int count = argc == 2 ? scandir(argv[1], &entries, NULL, alphasort) : -1, done = 0;
	char path[4096];
	struct buf bytes;

	if (count < 0) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	run("", 0);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			snprintf(path, sizeof path, "%s/%s", argv[1], entries[i]->d_name);
			buf_init(&bytes, 8 * 1024 * 1024);
			must(file_read(path, &bytes, NULL));
			run_variants(&bytes);
			buf_release(&bytes);
			printf("ok %d - %s\n", ++done, entries[i]->d_name);
			fflush(stdout);
		}
		free(entries[i]);
	}
	free(entries);
	printf("1..%d\n", done);
	return done == 0;
}
