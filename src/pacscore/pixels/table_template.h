/* Tables from PAC_VALUE to PAC_RESULT. */

#define PAC_TYPED(name) PAC_NAME(PAC_PASTE(name, PAC_TYPES))

PAC_FN void PAC_TYPED(look_up)(const pac_row_conversion *conversion, const void *in, int64_t count, void *out)
{
    const PAC_RESULT *entries = ((const pac_table *)conversion)->entries;
    const PAC_VALUE *values = in;
    PAC_RESULT *results = out;
    enum { EACH = 8 / sizeof(PAC_RESULT), BITS = 8 * sizeof(PAC_RESULT) };
    int64_t i = 0;
    for (; i + EACH <= count; i += EACH) { /* eight bytes are stored at once */
        uint64_t joined = 0;
        for (int j = 0; j < EACH; j++)
            joined |= (uint64_t)entries[values[i + j]] << (BITS * PAC_PLACE(j, EACH));
        memcpy(results + i, &joined, sizeof joined);
    }
    for (; i < count; i++)
        results[i] = entries[values[i]];
}

PAC_FN void PAC_TYPED(look_up_colour)(const pac_row_conversion *conversion, const void *in, int64_t count, void *out)
{
    const PAC_RESULT(*entries)[4] = ((const pac_table *)conversion)->entries;
    const PAC_VALUE *values = in;
    PAC_RESULT *results = out;
    int64_t i = 0;
    for (; i + 1 < count; i++) /* the fourth is written over by the next pixel */
        memcpy(results + 3 * i, entries[values[i]], 4 * sizeof(PAC_RESULT));
    for (; i < count; i++)
        memcpy(results + 3 * i, entries[values[i]], 3 * sizeof(PAC_RESULT));
}

#undef PAC_TYPED
#undef PAC_VALUE
#undef PAC_RESULT
#undef PAC_TYPES
