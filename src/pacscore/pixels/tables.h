/* Values through a table with an entry for each bit pattern. Source: PS3.3 C.11 (look-up tables). */
#ifndef PACSCORE_PIXELS_TABLES_H
#define PACSCORE_PIXELS_TABLES_H

#include "support/row_conversion.h"
#include "support/targets.h"

typedef struct {
    pac_row_conversion base;
    const void *entries; /* of the result's type; for colours four to an entry, the last one 0 */
} pac_table;

/* Chooses the kernel for values of 1 or 2 bytes, results of 1, 2 or 4, and 1 or 3 channels. */
void pac_table_init(pac_table *table, const void *entries, int value_size, int result_size, int channels,
                    pac_target target);

#endif
