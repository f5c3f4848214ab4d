/* Part 1 block encoder: the order of passes, segments and their lengths, gains. Source: T.800 D.3, D.4, D.6, J.10. */
#include "j2k/entropy/part1_coders.h"
#include "j2k/entropy/part1_gains.h"
#include "j2k/entropy/part1_symbols.h"

#if PAC_X86
#include <immintrin.h>
#endif

/* What a target does its own way. The first three make symbols, and return how many. */
typedef struct {
    size_t (*significance)(part1_encoding *encoding, bool raw);
    size_t (*refinement)(part1_encoding *encoding);
    size_t (*cleanup)(part1_encoding *encoding);
    void (*mq_encode)(part1_encoding *encoding, size_t count);
    void (*mq_encode_runs)(part1_encoding *encoding, size_t count);
    part1_tally (*count)(const part1_encoding *encoding, int32_t plane);
    uint64_t (*foresee)(part1_encoding *encoding, int32_t pass, int32_t plane, bool refines);
} part1_stages;

static pac_status part1_prepare(part1_encoding *encoding, const pac_part1_coding *coding, int32_t largest_bitplanes)
{
    if (coding->width < 1 || coding->height < 1 || coding->width > PART1_MAX_SIDE || coding->height > PART1_MAX_SIDE ||
        coding->width * coding->height > PART1_MAX_SAMPLES || coding->orientation < 0 || coding->orientation > 3 ||
        coding->lowest_plane < 0 || coding->lowest_plane >= coding->bitplanes)
        return PAC_CORRUPT;
    if (coding->bitplanes > largest_bitplanes)
        return PAC_UNSUPPORTED;
    encoding->width = coding->width;
    encoding->height = coding->height;
    encoding->orientation = coding->orientation;
    encoding->below = coding->style & PART1_CAUSAL ? 0 : ~(uint64_t)0;
    encoding->words = (coding->width + 15) / 16;
    encoding->stripes = (coding->height + 3) / 4;
    encoding->bitmap_stride = encoding->words + 2;
    const size_t bitmap = (size_t)((encoding->stripes + 2) * encoding->bitmap_stride) * sizeof *encoding->inside;
    memset(encoding->significant, 0, bitmap);
    memset(encoding->negative, 0, bitmap);
    memset(encoding->refined, 0, bitmap);
    memset(encoding->visited, 0, bitmap);
    for (ptrdiff_t stripe = 0; stripe < encoding->stripes; ++stripe)
        for (ptrdiff_t word = 0; word < encoding->words; ++word)
            encoding->inside[part1_stripe_at(encoding, stripe) + word] =
                part1_inside(coding->width, coding->height, stripe, word);
    part1_mq_reset(encoding->mq_states);
    return PAC_OK;
}

/* ---- Segments ---- */

/* Where a plane gains so many times what is asked for, the next one gains enough: most gain a quarter. */
#define PART1_SURELY 16
/* Below this part of what is asked for, nothing has happened in a plane: that tells nothing of the next one. */
#define PART1_NOTHING 0.125

typedef struct {
    part1_encoding *encoding;
    const pac_part1_coding *coding;
    const part1_stages *stages;
    size_t length; /* bytes of finished segments */
    int32_t first; /* pass of the open segment */
    bool open, raw;
    double gain, bytes; /* of the plane so far; before it */
    bool surely;        /* the next plane is worth its bytes, too */
} part1_progress;

/* Whether there might be no room for another pass: no image has so many bits. */
static bool part1_is_full(const part1_progress *progress)
{
    const part1_encoding *encoding = progress->encoding;
    return progress->length + (size_t)(encoding->code.next - encoding->plain) > PART1_MOST_PLAIN;
}

static size_t part1_bits_of(const part1_progress *progress, int32_t pass, bool last)
{
    const part1_encoding *encoding = progress->encoding;
    const part1_mark *mark = &encoding->marks[pass];
    if (progress->raw)
        return 8 * (size_t)(mark->code.next - encoding->plain) + (size_t)mark->code.pending;
    if (last && (progress->coding->style & PART1_PREDICTABLE))
        return part1_predictable_bits(mark, encoding->plain);
    return part1_mq_bits(mark, encoding->plain);
}

/* End the open segment with a pass; now all of its passes' lengths are known. */
static void part1_finish_segment(part1_progress *progress, int32_t last)
{
    part1_encoding *encoding = progress->encoding;
    const bool predictable = progress->coding->style & PART1_PREDICTABLE;
    const bool flushed = progress->coding->flush && !progress->raw && !predictable;
    if (flushed)
        part1_mq_flush(&encoding->code);
    else
        (progress->raw ? part1_raw_finish : part1_mq_finish)(&encoding->code, predictable);
    part1_stuffer stuffer = {.plain = encoding->plain, .next = encoding->bytes + progress->length};
    const uint8_t *const start = stuffer.next;
    size_t length = 0;
    for (int32_t pass = progress->first; pass <= last; ++pass) {
        if (flushed && pass == last)
            part1_stuff_flushed(&stuffer, part1_bits_before_interval(&encoding->marks[pass], encoding->plain));
        else
            part1_stuff(&stuffer, part1_bits_of(progress, pass, pass == last));
        length = (size_t)(stuffer.next - start) - stuffer.after_ff; /* FF is what follows the bytes anyway */
        encoding->passes[pass].length = (uint32_t)(progress->length + length);
        encoding->passes[pass].ends_segment = pass == last;
    }
    progress->length += length;
    progress->open = false;
}

/* ---- Passes ---- */

static void part1_encode_pass(const part1_progress *progress, int32_t pass)
{
    part1_encoding *encoding = progress->encoding;
    const part1_stages *stages = progress->stages;
    const int32_t kind = pass % 3;
    size_t count = kind == 1   ? stages->significance(encoding, progress->raw)
                   : kind == 2 ? stages->refinement(encoding)
                               : stages->cleanup(encoding);
    if (kind == 0 && (progress->coding->style & PART1_SEGMENTATION_SYMBOLS))
        for (int i = 0; i < 4; ++i)
            encoding->symbols[count++] = PART1_UNIFORM | (i % 2 == 0) << 7;
    if (progress->raw)
        part1_raw_write(&encoding->code, encoding->symbols, count);
    else
        (kind == 0 ? stages->mq_encode_runs : stages->mq_encode)(encoding, count);
    if (progress->coding->style & PART1_RESET)
        part1_mq_reset(encoding->mq_states);
    encoding->marks[pass] = part1_code_mark(&encoding->code, encoding->plain, progress->raw);
}

/* Bytes so far, as nearly as one can say before the open segment ends. */
static double part1_bytes_so_far(const part1_progress *progress)
{
    const part1_code *code = &progress->encoding->code;
    return (double)progress->length + (double)(code->next - progress->encoding->plain) + (double)code->pending / 8;
}

/* Whether passes of a plane, from `pass` on, are most likely worth their bytes: its refinement or what becomes
 * significant, whichever is better. */
static bool part1_is_worth(const part1_progress *progress, int32_t pass, int32_t plane)
{
    const pac_part1_coding *coding = progress->coding;
    for (int kind = 0; kind < 2; ++kind) {
        const bool refines = kind == 0;
        const double decisions = (double)progress->stages->foresee(progress->encoding, pass, plane, refines);
        const part1_tally tally = progress->stages->count(progress->encoding, plane);
        if (part1_slope_of(&tally, refines, decisions, plane, coding->reversible) >= coding->least_gain)
            return true;
    }
    return false;
}

/* Whether the passes behind this one are not worth their bytes, as it looks. Behind passes that are worth little, those
 * of the next plane may be worth more: so it is with few samples whose bits there are zeros. */
static bool part1_is_enough(part1_progress *progress, int32_t pass)
{
    const pac_part1_coding *coding = progress->coding;
    const int32_t next = pass + 1, plane = coding->bitplanes - 1 - (next + 2) / 3;
    bool further = pass % 3 == 1;
    if (pass % 3 == 2)
        return false;
    if (pass % 3 == 0) {
        const double so_far = part1_bytes_so_far(progress), floor = coding->least_gain * (so_far - progress->bytes);
        progress->surely = progress->gain > PART1_SURELY * floor;
        further = progress->gain < PART1_NOTHING * floor;
        const bool little = progress->gain < floor && !further;
        progress->bytes = so_far;
        progress->gain = 0;
        if (little)
            return true;
    }
    if (progress->surely)
        return false;
    for (int32_t at = plane; at >= coding->lowest_plane && at >= plane - further; --at)
        if (part1_is_worth(progress, at == plane ? next : 1, at))
            return false;
    return true;
}

static pac_status part1_encode_passes(part1_encoding *encoding, const pac_part1_coding *coding,
                                      const part1_stages *stages, pac_part1_coded *coded)
{
    const int32_t pass_count = 3 * (coding->bitplanes - coding->lowest_plane) - 2;
    part1_progress progress = {.encoding = encoding, .coding = coding, .stages = stages};
    int32_t pass = 0;
    for (bool last = false; !last; ++pass) {
        const int32_t plane = coding->bitplanes - 1 - (pass + 2) / 3;
        if (!progress.open) {
            progress.first = pass;
            progress.open = true;
            progress.raw = part1_is_raw(coding->style, pass);
            part1_code_start(&encoding->code, encoding->plain, progress.raw);
        }
        if (part1_is_full(&progress))
            return PAC_NO_SPACE;
        encoding->plane = encoding->planes + plane * encoding->words * encoding->stripes;
        part1_encode_pass(&progress, pass);
        encoding->passes[pass] = (pac_coded_pass){0};
        last = pass == pass_count - 1;
        if (coding->want_gains) {
            const part1_tally tally = stages->count(encoding, plane);
            const double more = part1_gain_of(&tally, pass % 3 == 2, plane, coding->reversible);
            encoding->passes[pass].gain = (float)more;
            progress.gain += more;
        }
        if (coding->want_gains && coding->least_gain > 0 && !last)
            last = part1_is_enough(&progress, pass);
        if (last || part1_ends_segment(coding->style, pass))
            part1_finish_segment(&progress, pass);
    }
    *coded = (pac_part1_coded){encoding->bytes, encoding->passes, (uint32_t)progress.length, pass};
    return PAC_OK;
}

#define PART1_NAME(name) PAC_NAME(PAC_PASTE(name, PART1_BITS))
#define PAC_TEMPLATE "j2k/entropy/part1_encoder_template.h"
#include "support/each_target.h"

void pac_part1_encoder_init(pac_part1_kernels *kernels, pac_target target)
{
    PAC_SELECT(kernels->encode_i16, part1_encode_16, target);
    PAC_SELECT(kernels->encode32, part1_encode_32, target);
    PAC_SELECT(kernels->encode64, part1_encode_64, target);
}

size_t pac_part1_encoder_scratch_size(void)
{
    return (sizeof(part1_encoding) + 63) & ~(size_t)63;
}
