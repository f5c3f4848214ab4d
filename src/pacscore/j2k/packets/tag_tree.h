/* Tag trees. Source: T.800 B.10.2. */
#ifndef PACSCORE_J2K_PACKETS_TAG_TREE_H
#define PACSCORE_J2K_PACKETS_TAG_TREE_H

#include <stdint.h>

#include "j2k/packets/header_bits.h"

typedef struct {
    uint16_t value; /* writer: the least value of the leaves below */
    uint16_t bound; /* what is known so far: the value is at least this */
    uint8_t known;  /* the value is the bound */
} pac_tag_node;

typedef struct {
    int32_t width, height; /* of the leaves */
    pac_tag_node *nodes;   /* leaves row by row, then each coarser level, the root last */
} pac_tag_tree;

int64_t pac_tag_tree_node_count(int32_t width, int32_t height);

/* Reads until it is known whether the leaf's value is below the threshold, and returns whether it is. */
int pac_tag_tree_read(pac_tag_tree *tree, int32_t x, int32_t y, uint32_t threshold, pac_header_reader *bits);

/* Spreads the leaves' values to the levels above. */
void pac_tag_tree_fill(pac_tag_tree *tree);
void pac_tag_tree_write(pac_tag_tree *tree, int32_t x, int32_t y, uint32_t threshold, pac_header_writer *bits);

#endif
