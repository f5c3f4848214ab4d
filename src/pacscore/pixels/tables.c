#include "pixels/tables.h"

#include <stddef.h>
#include <string.h>

#if PAC_X86
#include <immintrin.h>
#endif

/* Where the j-th of several results stands in a word that is stored at once. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define PAC_PLACE(j, each) ((each) - 1 - (j))
#else
#define PAC_PLACE(j, each) (j)
#endif

#define PAC_TEMPLATE "pixels/tables_template.h"
#include "support/each_target.h"

typedef void (*conversion)(const pac_row_conversion *, const void *, int64_t, void *);

void pac_table_init(pac_table *table, const void *entries, int value_size, int result_size, int channels,
                    pac_target target)
{
    conversion grey[2][3], colour[2][3]; /* by value, and by result, of one byte, two or four */
    PAC_SELECT(grey[0][0], look_up_bytes, target);
    PAC_SELECT(grey[0][1], look_up_u8_u16, target);
    PAC_SELECT(grey[0][2], look_up_u8_u32, target);
    PAC_SELECT(grey[1][0], look_up_u16_u8, target);
    PAC_SELECT(grey[1][1], look_up_u16_u16, target);
    PAC_SELECT(grey[1][2], look_up_u16_u32, target);
    PAC_SELECT(colour[0][0], look_up_colour_u8_u8, target);
    PAC_SELECT(colour[0][1], look_up_colour_u8_u16, target);
    PAC_SELECT(colour[0][2], look_up_colour_u8_u32, target);
    PAC_SELECT(colour[1][0], look_up_colour_u16_u8, target);
    PAC_SELECT(colour[1][1], look_up_colour_u16_u16, target);
    PAC_SELECT(colour[1][2], look_up_colour_u16_u32, target);
    table->entries = entries;
    table->base.convert = (channels == 3 ? colour : grey)[value_size == 2][result_size / 2];
}
