/*
 * block - a block's bytes; private to this folder.
 */
#ifndef COMMUNIQUE_SEARCH_BLOCK_H
#define COMMUNIQUE_SEARCH_BLOCK_H

#include <communique/index.h>

void block_write(struct buf *out, const uint32_t *documents, const uint8_t *weights, size_t count,
		 uint32_t total);
/* Where a document stands among ascending ones, or would stand. */
size_t block_find(const uint32_t *documents, size_t count, uint32_t document);

#endif
