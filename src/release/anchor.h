/*
 * anchor - the names by which items are cited: p3, p2.1, and p3-2 where 3 stands again.
 *
 * A numbered paragraph has its number, whatever stands above it. Items of the first level
 * without a number have their place among their like; items below have their place below
 * their parent, over all its lists: p2.1, p2.1.1.
 */
#ifndef RELEASE_ANCHOR_H
#define RELEASE_ANCHOR_H

#include <communique/document.h>

void anchors_assign(struct arena *arena, struct node *document);

#endif
