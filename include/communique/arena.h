/*
 * arena - what one request or one command needs, freed at once.
 *
 * Memory comes zeroed, aligned for any type, and is never given back singly.
 * arena_release() frees all of it; the arena is then as after init. An arena
 * belongs to one thread.
 */
#ifndef COMMUNIQUE_ARENA_H
#define COMMUNIQUE_ARENA_H

#include <communique/buf.h>

struct arena {
	struct arena_block *block;
	size_t total; /* bytes taken from the system */
};

void arena_init(struct arena *arena);
void arena_release(struct arena *arena);

void *arena_alloc(struct arena *arena, size_t size); /* never NULL */
void *arena_array(struct arena *arena, size_t count, size_t size);
#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

struct str arena_copy(struct arena *arena, struct str text);
char *arena_cstr(struct arena *arena, struct str text); /* with a NUL behind */
struct str arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
