/* Part 1 block decoder: segments and the order of passes, and the table's entries. Source: T.800 D.3, D.4, D.6. */
#include "j2k/entropy/part1_coders.h"
#include "j2k/entropy/part1_raw_passes.h"
#include "j2k/entropy/part1_scratch.h"

typedef void part1_pass(part1_scratch *scratch);

typedef struct {
    part1_pass *significance, *refinement, *cleanup;
} part1_passes;

typedef struct {
    int32_t planes;             /* decoded, the last one perhaps in part */
    int32_t lowest_plane;       /* number of the last one */
    int32_t members_lack_plane; /* samples significant before the last one were not refined */
} part1_result;

/* Sizes, planes and passes as T.800 bounds them. */
static pac_status part1_check(const pac_part1_block *block, int32_t largest_bitplanes)
{
    if (block->width < 1 || block->height < 1 || block->width > PART1_MAX_SIDE || block->height > PART1_MAX_SIDE ||
        block->width * block->height > PART1_MAX_SAMPLES || block->orientation < 0 || block->orientation > 3)
        return PAC_CORRUPT;
    if (block->missing_bitplanes < 0 || block->missing_bitplanes > block->magnitude_bitplanes)
        return PAC_CORRUPT;
    if (block->magnitude_bitplanes > largest_bitplanes)
        return PAC_UNSUPPORTED;
    int64_t passes = 0;
    for (int32_t i = 0; i < block->segment_count; ++i) {
        if (block->segments[i].passes < 0)
            return PAC_CORRUPT;
        passes += block->segments[i].passes;
    }
    const int32_t planes = block->magnitude_bitplanes - block->missing_bitplanes;
    return passes > 0 && passes > 3 * planes - 2 ? PAC_CORRUPT : PAC_OK;
}

static void part1_clear(part1_scratch *scratch, const pac_part1_block *block)
{
    scratch->width = block->width;
    scratch->height = block->height;
    scratch->words = (block->width + 15) / 16;
    scratch->stripes = (block->height + 3) / 4;
    scratch->bitmap_stride = scratch->words + 2;
    scratch->column_stride = block->width + 2;
    for (int row = 0; row < 4; ++row)
        scratch->outer[row] = row < 2 ? -scratch->column_stride : scratch->column_stride;
    const bool causal = block->style & PART1_CAUSAL;
    scratch->below = causal ? 0 : ~(uint64_t)0;
    scratch->spread = part1_spread + (causal ? 48 : 0);
    scratch->zero_coding = part1_zero_coding + 256 * block->orientation;
    const size_t bitmap = (size_t)((scratch->stripes + 2) * scratch->bitmap_stride) * sizeof *scratch->inside;
    memset(scratch->significant, 0, bitmap);
    memset(scratch->negative, 0, bitmap);
    memset(scratch->refined, 0, bitmap);
    memset(scratch->visited, 0, bitmap);
    memset(scratch->members, 0, bitmap);
    const size_t columns = (size_t)((scratch->stripes + 2) * scratch->column_stride);
    memset(scratch->columns, 0, columns * sizeof *scratch->columns);
    for (ptrdiff_t stripe = 0; stripe < scratch->stripes; ++stripe)
        for (ptrdiff_t word = 0; word < scratch->words; ++word)
            scratch->inside[part1_bitmap_at(scratch, stripe) + word] =
                part1_inside(block->width, block->height, stripe, word);
    part1_mq_reset(scratch->mq_states);
}

/* Make the plain bits of the codeword segment that begins with segments[first]. */
static void part1_open(part1_scratch *scratch, const pac_part1_block *block, int32_t first, int32_t end, bool raw)
{
    part1_unstuffer to;
    part1_unstuff_start(&to, scratch->plain, raw);
    for (int32_t i = first; i < end; ++i)
        part1_unstuff(&to, block->segments[i].bytes, block->segments[i].length);
    const uint8_t *ones = part1_unstuff_finish(&to);
    if (raw)
        scratch->raw = (part1_raw){scratch->plain, 0};
    else
        part1_mq_start(&scratch->mq, scratch->plain, ones);
}

/* T.800 D.5. */
static bool part1_segmentation_symbol(part1_scratch *scratch)
{
    uint32_t symbol = 0;
    part1_mq_refill(&scratch->mq, PART1_ENOUGH_1);
    for (int i = 0; i < 4; ++i)
        symbol = symbol << 1 | part1_mq_decode(&scratch->mq, &scratch->mq_states[PART1_UNIFORM]);
    return symbol == 10;
}

static pac_status part1_run_pass(part1_scratch *scratch, const pac_part1_block *block, const part1_passes *passes,
                                 int32_t pass)
{
    const ptrdiff_t words = scratch->words * scratch->stripes;
    const bool raw = part1_is_raw(block->style, pass);
    scratch->plane = scratch->planes + words * ((pass + 2) / 3);
    if (pass % 3 == 1) {
        (raw ? part1_raw_significance_pass : passes->significance)(scratch);
    } else if (pass % 3 == 2) {
        (raw ? part1_raw_refinement_pass : passes->refinement)(scratch);
    } else {
        if (pass == 0)
            memset(scratch->plane, 0, (size_t)words * sizeof *scratch->plane);
        passes->cleanup(scratch);
        if ((block->style & PART1_SEGMENTATION_SYMBOLS) && !part1_segmentation_symbol(scratch))
            return PAC_CORRUPT;
    }
    if (block->style & PART1_RESET)
        part1_mq_reset(scratch->mq_states);
    return PAC_OK;
}

static pac_status part1_decode_passes(const pac_part1_block *block, const part1_passes *passes, part1_scratch *scratch,
                                      part1_result *result)
{
    int32_t pass = 0;
    part1_clear(scratch, block);
    for (int32_t first = 0, end; first < block->segment_count; first = end) {
        int32_t last_pass = pass + block->segments[first].passes;
        for (end = first + 1; end < block->segment_count && !block->segments[end].opens; ++end)
            last_pass += block->segments[end].passes;
        const bool raw = part1_is_raw(block->style, pass);
        part1_open(scratch, block, first, end, raw);
        for (; pass < last_pass; ++pass) {
            if (part1_is_raw(block->style, pass) != raw)
                return PAC_CORRUPT;
            const pac_status status = part1_run_pass(scratch, block, passes, pass);
            if (status)
                return status;
        }
    }
    result->planes = pass > 0 ? (pass + 4) / 3 : 0;
    result->lowest_plane = pass > 0 ? block->magnitude_bitplanes - block->missing_bitplanes - result->planes : 0;
    result->members_lack_plane = pass % 3 == 2;
    return PAC_OK;
}

#define PART1_NAME(name) PAC_NAME(PAC_PASTE(name, PART1_BITS))
#define PAC_TEMPLATE "j2k/entropy/part1_decoder_template.h"
#include "support/each_target.h"

void pac_part1_decoder_init(pac_part1_kernels *kernels, pac_target target)
{
    PAC_SELECT(kernels->decode32, part1_decode_32, target);
    PAC_SELECT(kernels->decode64, part1_decode_64, target);
}

size_t pac_part1_scratch_size(void)
{
    return (sizeof(part1_scratch) + 63) & ~(size_t)63;
}
