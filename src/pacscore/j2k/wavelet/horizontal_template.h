/* Horizontal lifting of one row.
 *
 * A row is lifted as two halves, its samples of even and of odd coordinate. A sample lies between two of the other
 * half; where one is missing at an end of the row, the other stands for both. Halves in the memory of a level have room
 * for a whole vector at their end; of others the last vector overlaps the one before, which only works from one to
 * another.
 */
#define PAC_HALF PAC_KIND_NAME(half)
#define PAC_LOAD PAC_KIND_NAME(load)
#define PAC_STORE PAC_KIND_NAME(store)
#define PAC_STORE_BY_TURNS PAC_KIND_NAME(store_by_turns)
#define PAC_BETWEEN PAC_KIND_NAME(lift_between)
#define PAC_LIFT PAC_KIND_NAME(lift)
#define PAC_SCALE PAC_KIND_NAME(scale)
#define PAC_SCALE_VECTOR PAC_KIND_NAME(vector_scale)

typedef struct {
    const PAC_SAMPLE *samples;
    int64_t count;
    PAC_SAMPLE gain; /* by which they are scaled first */
} PAC_HALF;

/* One vector of a half that lies between `beside` and beside + 1. */
PAC_INLINE PAC_VECTOR PAC_BETWEEN(int inverse, int step, const PAC_SAMPLE *from, PAC_SAMPLE gain,
                                  const PAC_SAMPLE *beside, PAC_SAMPLE side, PAC_VECTOR *bad)
{
    return PAC_KIND_NAME(vector_lift)(inverse, step, PAC_SCALE_VECTOR(PAC_LOAD(from), gain),
                                      PAC_SCALE_VECTOR(PAC_LOAD(beside), side),
                                      PAC_SCALE_VECTOR(PAC_LOAD(beside + 1), side), bad);
}

/* One step on the half `here`, into `to`. `leads`: the row begins with this half. `roomy`: as said above; then `to` may
 * be here.samples. */
PAC_INLINE void PAC_KIND_NAME(lift_half)(int inverse, int step, PAC_HALF here, PAC_HALF other, int leads, int roomy,
                                         PAC_SAMPLE *to, int *overflow)
{
    const PAC_SAMPLE *from = here.samples, *beside = other.samples;
    const PAC_SAMPLE gain = here.gain, side = other.gain;
    int64_t count = here.count;
    PAC_SAMPLE bad = 0;
    PAC_VECTOR bads = {0};
    if (leads) {
        const PAC_SAMPLE only = PAC_SCALE(beside[0], side);
        *to++ = PAC_LIFT(inverse, step, PAC_SCALE(*from++, gain), only, only, &bad);
        count--;
    }
    const int64_t inner = pac_min(count, other.count - 1);
    PAC_SAMPLE last = 0;
    if (inner < count) {
        const PAC_SAMPLE only = PAC_SCALE(beside[inner], side);
        last = PAC_LIFT(inverse, step, PAC_SCALE(from[inner], gain), only, only, &bad);
    }
    if (roomy) {
        for (int64_t i = 0; i < inner; i += PAC_LANES)
            PAC_STORE(to + i, PAC_BETWEEN(inverse, step, from + i, gain, beside + i, side, &bads));
    } else if (inner >= PAC_LANES) {
        for (int64_t next = 0; next < inner; next += PAC_LANES) {
            const int64_t i = pac_min(next, inner - PAC_LANES);
            PAC_STORE(to + i, PAC_BETWEEN(inverse, step, from + i, gain, beside + i, side, &bads));
        }
    } else {
        for (int64_t i = 0; i < inner; ++i)
            to[i] = PAC_LIFT(inverse, step, PAC_SCALE(from[i], gain), PAC_SCALE(beside[i], side),
                             PAC_SCALE(beside[i + 1], side), &bad);
    }
    if (inner < count)
        to[inner] = last;
    *overflow |= bad < 0 || PAC_KIND_NAME(any_negative)(bads);
}

/* Stores the samples of two vectors by turns. */
PAC_INLINE void PAC_STORE_BY_TURNS(PAC_SAMPLE *to, PAC_VECTOR first, PAC_VECTOR second)
{
#define PAC_LOWER(k) (k >> 1) + (k & 1) * PAC_LANES
#define PAC_UPPER(k) (k >> 1) + (k & 1) * PAC_LANES + PAC_LANES / 2
    const PAC_KIND_NAME(lanes) lower = {PAC_EACH_LANE(PAC_LOWER)}, upper = {PAC_EACH_LANE(PAC_UPPER)};
    PAC_STORE(to, __builtin_shuffle(first, second, lower));
    PAC_STORE(to + PAC_LANES, __builtin_shuffle(first, second, upper));
#undef PAC_LOWER
#undef PAC_UPPER
}

/* The last step of a synthesis, which is on the high half; both halves are scaled by `gain` as they are interleaved. */
PAC_INLINE void PAC_KIND_NAME(interleave)(PAC_HALF low, PAC_HALF high, int high_leads, PAC_SAMPLE gain, PAC_SAMPLE *row,
                                          int *overflow)
{
    const int last = PAC_STEPS - 1;
    const PAC_SAMPLE *even = low.samples, *odd = high.samples;
    int64_t count = high.count;
    PAC_SAMPLE bad = 0;
    PAC_VECTOR bads = {0};
    if (high_leads) {
        *row++ = PAC_SCALE(PAC_LIFT(1, last, *odd++, even[0], even[0], &bad), gain);
        count--;
    }
    const int64_t inner = low.count - 1;
    if (inner >= PAC_LANES) {
        for (int64_t next = 0; next < inner; next += PAC_LANES) {
            const int64_t i = pac_min(next, inner - PAC_LANES);
            const PAC_VECTOR lifted = PAC_BETWEEN(1, last, odd + i, 1, even + i, 1, &bads);
            PAC_STORE_BY_TURNS(row + 2 * i, PAC_SCALE_VECTOR(PAC_LOAD(even + i), gain), PAC_SCALE_VECTOR(lifted, gain));
        }
    } else {
        for (int64_t i = 0; i < inner; ++i) {
            row[2 * i] = PAC_SCALE(even[i], gain);
            row[2 * i + 1] = PAC_SCALE(PAC_LIFT(1, last, odd[i], even[i], even[i + 1], &bad), gain);
        }
    }
    row[2 * inner] = PAC_SCALE(even[inner], gain);
    if (inner < count)
        row[2 * inner + 1] = PAC_SCALE(PAC_LIFT(1, last, odd[inner], even[inner], even[inner], &bad), gain);
    *overflow |= bad < 0 || PAC_KIND_NAME(any_negative)(bads);
}

/* Horizontal synthesis of a row of two samples or more. `gain` is what the vertical synthesis scales it by. */
PAC_INLINE void PAC_KIND_NAME(join_row)(pac_wavelet_level *level, const PAC_SAMPLE *low, const PAC_SAMPLE *high,
                                        PAC_SAMPLE gain, PAC_SAMPLE *row, int *overflow)
{
    const int64_t count = pac_wavelet_low_count(level->rect.x0, level->rect.x1);
    const int odd_start = (int)(level->rect.x0 & 1);
    PAC_SAMPLE *even = (PAC_SAMPLE *)level->even, *odd = (PAC_SAMPLE *)level->odd;
    PAC_HALF evens = {low, count, PAC_KIND_NAME(gain)(1, 0)};
    PAC_HALF odds = {high, pac_rect_width(level->rect) - count, PAC_KIND_NAME(gain)(1, 1)};
    PAC_KIND_NAME(lift_half)(1, 0, evens, odds, !odd_start, 0, even, overflow);
    evens = (PAC_HALF){even, count, 1};
#if PAC_STEPS == 4
    PAC_KIND_NAME(lift_half)(1, 1, odds, evens, odd_start, 0, odd, overflow);
    odds = (PAC_HALF){odd, odds.count, 1};
    PAC_KIND_NAME(lift_half)(1, 2, evens, odds, !odd_start, 1, even, overflow);
#else
    (void)odd;
#endif
    PAC_KIND_NAME(interleave)(evens, odds, odd_start, gain, row, overflow);
}

/* Takes a row apart into two roomy halves, and scales them. */
PAC_INLINE void PAC_KIND_NAME(deinterleave)(const PAC_SAMPLE *row, int64_t width, PAC_SAMPLE gain, PAC_SAMPLE *first,
                                            PAC_SAMPLE *second)
{
#define PAC_EVEN(k) 2 * k
#define PAC_ODD(k) 2 * k + 1
    const PAC_KIND_NAME(lanes) evens = {PAC_EACH_LANE(PAC_EVEN)}, odds = {PAC_EACH_LANE(PAC_ODD)};
    for (int64_t i = 0; 2 * i < width; i += PAC_LANES) {
        const PAC_VECTOR a = PAC_LOAD(row + 2 * i), b = PAC_LOAD(row + 2 * i + PAC_LANES);
        PAC_STORE(first + i, PAC_SCALE_VECTOR(__builtin_shuffle(a, b, evens), gain));
        PAC_STORE(second + i, PAC_SCALE_VECTOR(__builtin_shuffle(a, b, odds), gain));
    }
#undef PAC_EVEN
#undef PAC_ODD
}

/* Horizontal analysis of a row of two samples or more. */
PAC_INLINE void PAC_KIND_NAME(part_row)(const pac_wavelet_level *level, const PAC_SAMPLE *row, PAC_SAMPLE gain,
                                        PAC_SAMPLE *low, PAC_SAMPLE *high, int *overflow)
{
    const int64_t width = pac_rect_width(level->rect);
    const int64_t count = pac_wavelet_low_count(level->rect.x0, level->rect.x1);
    const int odd_start = (int)(level->rect.x0 & 1);
    PAC_SAMPLE *even = (PAC_SAMPLE *)level->even, *odd = (PAC_SAMPLE *)level->odd;
    PAC_KIND_NAME(deinterleave)(row, width, gain, odd_start ? odd : even, odd_start ? even : odd);
    const PAC_HALF evens = {even, count, 1}, odds = {odd, width - count, 1};
#if PAC_STEPS == 4
    PAC_KIND_NAME(lift_half)(0, 0, odds, evens, odd_start, 1, odd, overflow);
    PAC_KIND_NAME(lift_half)(0, 1, evens, odds, !odd_start, 1, even, overflow);
    PAC_KIND_NAME(lift_half)(0, 2, odds, evens, odd_start, 1, odd, overflow);
    PAC_KIND_NAME(lift_half)(0, 3, evens, odds, !odd_start, 1, even, overflow);
    for (int64_t i = 0; i < count; ++i)
        low[i] = PAC_SCALE(even[i], PAC_KIND_NAME(gain)(0, 0));
    for (int64_t i = 0; i < odds.count; ++i)
        high[i] = PAC_SCALE(odd[i], PAC_KIND_NAME(gain)(0, 1));
#else
    PAC_KIND_NAME(lift_half)(0, 0, odds, evens, odd_start, 0, high, overflow);
    PAC_KIND_NAME(lift_half)(0, 1, evens, (PAC_HALF){high, odds.count, 1}, !odd_start, 0, low, overflow);
#endif
}
