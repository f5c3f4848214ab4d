#include "j2k/packets/tag_tree.h"

enum { MAX_LEVELS = 32 };

int64_t pac_tag_tree_node_count(int32_t width, int32_t height)
{
    int64_t count = 0;
    for (;;) {
        count += (int64_t)width * height;
        if (width <= 1 && height <= 1)
            return count;
        width = (width + 1) >> 1;
        height = (height + 1) >> 1;
    }
}

/* Collects the nodes from the leaf up to the root and returns how many there are. */
static int path_to_root(const pac_tag_tree *tree, int32_t x, int32_t y, pac_tag_node *path[MAX_LEVELS])
{
    int32_t width = tree->width, height = tree->height;
    pac_tag_node *level = tree->nodes;
    for (int count = 0;;) {
        path[count++] = level + (int64_t)y * width + x;
        if (width <= 1 && height <= 1)
            return count;
        level += (int64_t)width * height;
        width = (width + 1) >> 1;
        height = (height + 1) >> 1;
        x >>= 1;
        y >>= 1;
    }
}

int pac_tag_tree_read(pac_tag_tree *tree, int32_t x, int32_t y, uint32_t threshold, pac_header_reader *bits)
{
    pac_tag_node *path[MAX_LEVELS];
    int depth = path_to_root(tree, x, y, path);
    uint32_t low = 0;
    while (depth-- > 0) {
        pac_tag_node *node = path[depth];
        if (node->bound > low)
            low = node->bound;
        while (low < threshold && !node->known) {
            if (pac_read_bit(bits))
                node->known = 1;
            else
                low++;
        }
        node->bound = (uint16_t)low;
    }
    return path[0]->known && path[0]->bound < threshold;
}

void pac_tag_tree_fill(pac_tag_tree *tree)
{
    int32_t width = tree->width, height = tree->height;
    pac_tag_node *level = tree->nodes;
    while (width > 1 || height > 1) {
        pac_tag_node *above = level + (int64_t)width * height;
        int32_t above_width = (width + 1) >> 1, above_height = (height + 1) >> 1;
        for (int64_t i = 0; i < (int64_t)above_width * above_height; i++)
            above[i].value = UINT16_MAX;
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++) {
                pac_tag_node *parent = above + (int64_t)(y >> 1) * above_width + (x >> 1);
                uint16_t value = level[(int64_t)y * width + x].value;
                if (value < parent->value)
                    parent->value = value;
            }
        level = above;
        width = above_width;
        height = above_height;
    }
}

void pac_tag_tree_write(pac_tag_tree *tree, int32_t x, int32_t y, uint32_t threshold, pac_header_writer *bits)
{
    pac_tag_node *path[MAX_LEVELS];
    int depth = path_to_root(tree, x, y, path);
    uint32_t low = 0;
    while (depth-- > 0) {
        pac_tag_node *node = path[depth];
        if (node->bound > low)
            low = node->bound;
        while (low < threshold && !node->known) {
            int here = low >= node->value;
            pac_write_bit(bits, here);
            if (here)
                node->known = 1;
            else
                low++;
        }
        node->bound = (uint16_t)low;
    }
}
