/* What turns a row of values into a row of others: so that a room can have its rows changed by one that it does not
 * know, while they are in the cache.
 */
#ifndef PACSCORE_SUPPORT_ROW_CONVERSION_H
#define PACSCORE_SUPPORT_ROW_CONVERSION_H

#include <stdint.h>

typedef struct pac_row_conversion {
    /* `count` values, aligned as their type asks for; the rows do not overlap. May run in several threads at once. */
    void (*convert)(const struct pac_row_conversion *conversion, const void *in, int64_t count, void *out);
} pac_row_conversion;

#endif
