#include "codecs/rle.h"

#include <string.h>

enum {
    CHUNK = 8192, /* pixels whose planes are put together at a time: all planes stay in the cache */
    LONGEST = 128
};

/* ---- Decoding ---- */

/* A segment that is being read: what is left of it, and of the run that it is in. */
typedef struct {
    const uint8_t *next, *end;
    int64_t repeats, literals;
    uint8_t value;
} unpacker;

/* Copies 16 bytes at a time: past `count` up to 15 more. */
static void copy_16(const uint8_t *in, uint8_t *out, int64_t count)
{
    for (int64_t i = 0; i < count; i += 16)
        memcpy(out + i, in + i, 16);
}

static void fill_16(uint8_t value, uint8_t *out, int64_t count)
{
    for (int64_t i = 0; i < count; i += 16)
        memset(out + i, value, 16);
}

/* As unpack, while there is room for the longest run, in and out. */
static int64_t unpack_whole_runs(unpacker *from, uint8_t *out, int64_t wanted)
{
    const uint8_t *next = from->next;
    int64_t made = 0;
    while (wanted - made >= LONGEST + 16 && from->end - next > LONGEST + 16) {
        const uint8_t control = *next++;
        if (control < LONGEST) {
            copy_16(next, out + made, control + 1);
            next += control + 1;
            made += control + 1;
        } else if (control > LONGEST) {
            fill_16(*next++, out + made, 257 - control);
            made += 257 - control;
        }
    }
    from->next = next;
    return made;
}

/* Gives `wanted` bytes, or fewer where the segment ends. */
static int64_t unpack(unpacker *from, uint8_t *out, int64_t wanted)
{
    int64_t made = 0;
    while (made < wanted) {
        const int64_t room = wanted - made;
        if (from->repeats) {
            const int64_t count = from->repeats < room ? from->repeats : room;
            memset(out + made, from->value, (size_t)count);
            from->repeats -= count;
            made += count;
        } else if (from->literals) {
            int64_t count = from->literals < room ? from->literals : room;
            count = count < from->end - from->next ? count : from->end - from->next;
            if (!count)
                return made;
            memcpy(out + made, from->next, (size_t)count);
            from->next += count;
            from->literals -= count;
            made += count;
        } else {
            made += unpack_whole_runs(from, out + made, room);
            if (made == wanted || from->next == from->end)
                return made;
            const uint8_t control = *from->next++;
            if (control < LONGEST) {
                from->literals = control + 1;
            } else if (control > LONGEST) {
                if (from->next == from->end)
                    return made;
                from->repeats = 257 - control;
                from->value = *from->next++;
            }
        }
    }
    return made;
}

static void join_16(const uint8_t *restrict high, const uint8_t *restrict low, int64_t count, uint8_t *restrict out)
{
    for (int64_t i = 0; i < count; i++) {
        out[2 * i] = low[i];
        out[2 * i + 1] = high[i];
    }
}

static void join_3(const uint8_t *restrict a, const uint8_t *restrict b, const uint8_t *restrict c, int64_t count,
                   uint8_t *restrict out)
{
    for (int64_t i = 0; i < count; i++) {
        out[3 * i] = a[i];
        out[3 * i + 1] = b[i];
        out[3 * i + 2] = c[i];
    }
}

/* Where a segment's byte lies within a pixel. */
static int32_t place(const pac_rle_shape *shape, int32_t segment)
{
    return segment / shape->size * shape->size + shape->size - 1 - segment % shape->size;
}

/* Pixels from planes of CHUNK bytes each. */
static void join(const uint8_t *planes, const pac_rle_shape *shape, int64_t count, uint8_t *out)
{
    const int32_t pixel = shape->samples * shape->size;
    if (pixel == 2 && shape->size == 2) {
        join_16(planes, planes + CHUNK, count, out);
    } else if (pixel == 3 && shape->size == 1) {
        join_3(planes, planes + CHUNK, planes + 2 * CHUNK, count, out);
    } else {
        for (int32_t segment = 0; segment < pixel; segment++) {
            const uint8_t *plane = planes + (ptrdiff_t)segment * CHUNK;
            uint8_t *to = out + place(shape, segment);
            for (int64_t i = 0; i < count; i++)
                to[i * pixel] = plane[i];
        }
    }
}

int32_t pac_rle_decode(const pac_rle_segment *segments, const pac_rle_shape *shape, uint8_t *out)
{
    uint8_t planes[PAC_RLE_MOST_SEGMENTS * CHUNK];
    unpacker from[PAC_RLE_MOST_SEGMENTS];
    const int32_t pixel = shape->samples * shape->size;
    const int64_t pixels = shape->rows * shape->columns;
    int32_t failed = pixel;
    for (int32_t i = 0; i < pixel; i++)
        from[i] = (unpacker){.next = segments[i].bytes, .end = segments[i].bytes + segments[i].length};
    for (int64_t at = 0; at < pixels; at += CHUNK) {
        const int64_t count = pixels - at < CHUNK ? pixels - at : CHUNK;
        for (int32_t i = 0; i < pixel; i++) {
            uint8_t *plane = pixel == 1 ? out + at : planes + (ptrdiff_t)i * CHUNK;
            const int64_t made = unpack(&from[i], plane, count);
            if (made < count) {
                memset(plane + made, 0, (size_t)(count - made));
                failed = i < failed ? i : failed;
            }
        }
        if (pixel > 1)
            join(planes, shape, count, out + at * pixel);
    }
    return failed < pixel ? failed : -1;
}

/* ---- Encoding ---- */

static uint64_t load(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The first of bytes [at, count) that begins three equal ones, or count. The row is followed by 16 bytes of any
 * content: a run that only they complete is none. */
static int64_t next_run(const uint8_t *row, int64_t at, int64_t count)
{
    for (; at + 2 < count; at += 8) {
        const uint64_t middle = load(row + at + 1);
        const uint64_t differs = (load(row + at) ^ middle) | (load(row + at + 2) ^ middle);
        const uint64_t zeros =
            (differs - 0x0101010101010101u) & ~differs & 0x8080808080808080u; /* the lowest is right */
        if (zeros) {
            at += __builtin_ctzll(zeros) >> 3;
            return at + 2 < count ? at : count;
        }
    }
    return count;
}

/* Behind the bytes from `at` on that are equal. */
static int64_t end_of_run(const uint8_t *row, int64_t at, int64_t count)
{
    const uint64_t value = row[at] * 0x0101010101010101u;
    for (; at < count; at += 8) {
        const uint64_t differs = load(row + at) ^ value;
        if (differs) {
            at += __builtin_ctzll(differs) >> 3;
            return at < count ? at : count;
        }
    }
    return count;
}

static uint8_t *pack_literals(const uint8_t *row, int64_t count, uint8_t *out)
{
    while (count > 0) {
        const int64_t some = count < LONGEST ? count : LONGEST;
        *out++ = (uint8_t)(some - 1);
        memcpy(out, row, (size_t)some);
        out += some;
        row += some;
        count -= some;
    }
    return out;
}

static uint8_t *pack_run(uint8_t value, int64_t count, uint8_t *out)
{
    for (; count > 1; count -= LONGEST) {
        const int64_t some = count < LONGEST ? count : LONGEST;
        *out++ = (uint8_t)(257 - some);
        *out++ = value;
    }
    if (count == 1)
        out = pack_literals(&value, 1, out);
    return out;
}

static uint8_t *pack_row(const uint8_t *row, int64_t count, uint8_t *out)
{
    for (int64_t at = 0; at < count;) {
        const int64_t run = next_run(row, at, count);
        out = pack_literals(row + at, run - at, out);
        if (run == count)
            break;
        at = end_of_run(row, run, count);
        out = pack_run(row[run], at - run, out);
    }
    return out;
}

size_t pac_rle_bound(const pac_rle_shape *shape)
{
    const int64_t row = shape->columns + (shape->columns + LONGEST - 1) / LONGEST;
    return (size_t)(shape->rows * row + 1);
}

/* One byte of each pixel. */
static void take(const uint8_t *restrict in, int32_t pixel, int64_t count, uint8_t *restrict row)
{
    switch (pixel) {
    case 1:
        memcpy(row, in, (size_t)count);
        break;
    case 2:
        for (int64_t i = 0; i < count; i++)
            row[i] = in[2 * i];
        break;
    case 3:
        for (int64_t i = 0; i < count; i++)
            row[i] = in[3 * i];
        break;
    default:
        for (int64_t i = 0; i < count; i++)
            row[i] = in[i * pixel];
    }
}

size_t pac_rle_encode(const uint8_t *in, const pac_rle_shape *shape, int32_t segment, uint8_t *row, uint8_t *out)
{
    const int32_t pixel = shape->samples * shape->size;
    uint8_t *next = out;
    in += place(shape, segment);
    memset(row + shape->columns, 0, 16);
    for (int64_t y = 0; y < shape->rows; y++, in += shape->columns * pixel) {
        take(in, pixel, shape->columns, row);
        next = pack_row(row, shape->columns, next);
    }
    if ((next - out) % 2)
        *next++ = 0;
    return (size_t)(next - out);
}
