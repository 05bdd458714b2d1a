#include <stdarg.h>
#include <stdalign.h>

#include <communique/arena.h>

/* Blocks double up to this: few calls for a large release, little waste for a small one. */
enum { BLOCK_LEAST = 4096, BLOCK_MOST = 256 * 1024 };

struct arena_block {
	struct arena_block *before;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena)
{
	*arena = (struct arena){ 0 };
}

void arena_release(struct arena *arena)
{
	struct arena_block *block = arena->block;

	while (block) {
		struct arena_block *before = block->before;

		free(block);
		block = before;
	}
	arena_init(arena);
}

static struct arena_block *add_block(struct arena *arena, size_t need)
{
	size_t size = arena->block ? arena->block->size * 2 : BLOCK_LEAST;
	struct arena_block *block;

	if (size > BLOCK_MOST)
		size = BLOCK_MOST;
	if (size < need)
		size = need;
	block = calloc(1, sizeof *block + size);
	must(block != NULL);
	block->before = arena->block;
	block->size = size;
	arena->block = block;
	arena->total += size;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct arena_block *block = arena->block;
	size_t rounded = (size + align - 1) / align * align;
	void *at;

	must(size <= SIZE_MAX / 2); /* nothing below wraps */
	if (!block || block->size - block->used < rounded)
		block = add_block(arena, rounded);
	at = block->bytes + block->used;
	block->used += rounded;
	return at;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	must(size == 0 || count <= SIZE_MAX / 2 / size);
	return arena_alloc(arena, count * size);
}

struct str arena_copy(struct arena *arena, struct str text)
{
	if (!str_given(text))
		return STR_NONE;
	return (struct str){ arena_cstr(arena, text), text.len };
}

char *arena_cstr(struct arena *arena, struct str text)
{
	char *copy = arena_alloc(arena, text.len + 1);

	if (text.len)
		memcpy(copy, text.at, text.len);
	return copy;
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
	va_list values, again;
	char *at;
	int len;

	va_start(values, format);
	va_copy(again, values);
	len = vsnprintf(NULL, 0, format, values);
	must(len >= 0);
	at = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(at, (size_t)len + 1, format, again);
	va_end(again);
	va_end(values);
	return (struct str){ at, (size_t)len };
}
