/*
 * picture - how large a picture is, from the first bytes of its file.
 *
 * A page that says so keeps its lines where they are while the picture is on its way. The bytes
 * come from outside: whatever they are, the answer is a size or that there is none. PNG, GIF,
 * JPEG and WebP are understood; an AVIF hides its size deep among boxes.
 */
#ifndef COMMUNIQUE_PICTURE_H
#define COMMUNIQUE_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include <communique/str.h>

/* What is worth reading: a JPEG has its size behind all that the camera wrote. */
#define PICTURE_HEAD_MAX 65536

struct picture {
	uint32_t width, height; /* 0: not known */
};

bool picture_read(struct str head, struct picture *out);

#endif
