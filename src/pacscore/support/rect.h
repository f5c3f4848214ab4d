/* A half-open rectangle of samples. */
#ifndef PACSCORE_SUPPORT_RECT_H
#define PACSCORE_SUPPORT_RECT_H

#include <stdint.h>

typedef struct {
    int64_t x0, y0, x1, y1;
} pac_rect;

static inline int64_t pac_rect_width(pac_rect r)
{
    return r.x1 > r.x0 ? r.x1 - r.x0 : 0;
}

static inline int64_t pac_rect_height(pac_rect r)
{
    return r.y1 > r.y0 ? r.y1 - r.y0 : 0;
}

static inline int64_t pac_max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static inline int64_t pac_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ceil(a / 2^n), right for negative a as well. */
static inline int64_t pac_ceil_shift(int64_t a, int32_t n)
{
    return (a + (((int64_t)1 << n) - 1)) >> n;
}

#endif
