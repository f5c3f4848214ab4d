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

/* Make the plain bits of the codeword segment that begins with segments[first]; returns how many bytes it has. */
static uint64_t part1_open(part1_scratch *scratch, const pac_part1_block *block, int32_t first, int32_t end, bool raw)
{
    part1_unstuffer to;
    uint64_t length = 0;
    part1_unstuff_start(&to, scratch->plain, raw);
    for (int32_t i = first; i < end; ++i) {
        part1_unstuff(&to, block->segments[i].bytes, block->segments[i].length);
        length += block->segments[i].length;
    }
    scratch->plain_bits = 8 * (int64_t)(to.next - to.first) + to.count;
    scratch->has_marker = to.ended;
    const uint8_t *ones = part1_unstuff_finish(&to);
    if (raw)
        scratch->raw = (part1_raw){scratch->plain, 0};
    else
        part1_mq_start(&scratch->mq, scratch->plain, ones + PART1_BEYOND);
    return length;
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

/* How many bits of the segment no decision has needed; negative where it ended too early. */
static int64_t part1_bits_left(const part1_scratch *scratch, bool raw)
{
    return scratch->plain_bits -
           (raw ? (int64_t)scratch->raw.position : part1_mq_position(&scratch->mq, scratch->plain));
}

/* Whether a segment ends as D.4.2 says. The MQ encoder flushes the code as it is: one to eight bits of its register are
 * sent whole, and the decoder, which has subtracted the same code, is left with zeros there. A last FF is dropped.
 * In raw segments zeros and ones take turns in what is left of the last byte. */
static bool part1_ends_as_predicted(part1_scratch *scratch, bool raw)
{
    int64_t left = part1_bits_left(scratch, raw);
    if (!raw) {
        left += left <= 0 ? 8 : 0;
        return left >= 1 && left <= 8 && scratch->mq.code >> (64 - left) == 0;
    }
    uint32_t expected = 0;
    for (int64_t i = 0; i < left && i < 8; ++i, expected ^= 1)
        if (part1_raw_bit(&scratch->raw) != expected)
            return false;
    return left >= -8 && left < 8;
}

/* Whether the encoder has ended a segment after so many passes, rather than somebody a stream. */
static bool part1_is_terminated(const pac_part1_block *block, int32_t passes)
{
    return part1_ends_segment(block->style, passes - 1) ||
           passes == 3 * (block->magnitude_bitplanes - block->missing_bitplanes) - 2;
}

/* Whether a segment may have been cut behind the samples of its last pass, as a layer may, so that a symbol read there
 * says nothing: decisions look at 16 bits. */
static bool part1_may_be_cut(const part1_scratch *scratch, const pac_part1_block *block, int32_t passes)
{
    return !part1_is_terminated(block, passes) && part1_bits_left(scratch, false) < 16;
}

static pac_part1_flaw part1_run_pass(part1_scratch *scratch, const pac_part1_block *block, const part1_passes *passes,
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
            return PAC_PART1_SYMBOL;
    }
    if (block->style & PART1_RESET)
        part1_mq_reset(scratch->mq_states);
    return scratch->has_marker && part1_bits_left(scratch, raw) < 0 ? PAC_PART1_MARKER : PAC_PART1_SOUND;
}

/* Undo the plane of a pass, or all of them: the samples that were significant before are the members of refinement.
 * Returns how many passes are left. */
static int32_t part1_go_back(part1_scratch *scratch, int32_t pass, bool to_the_start)
{
    const int32_t planes = to_the_start ? 0 : (pass + 2) / 3;
    for (ptrdiff_t i = 0; i < (scratch->stripes + 2) * scratch->bitmap_stride; ++i) {
        scratch->significant[i] = planes > 0 ? scratch->members[i] : 0;
        scratch->negative[i] &= scratch->significant[i];
    }
    return planes > 0 ? 3 * planes - 2 : 0;
}

/* Decode one codeword segment, from `*pass` to `last_pass`; after a flaw that spoils the segment go back. */
static pac_status part1_decode_segment(const pac_part1_block *block, const part1_passes *passes, part1_scratch *scratch,
                                       uint64_t length, int32_t *pass, int32_t last_pass, pac_part1_flaw *flaw)
{
    const int32_t first_pass = *pass;
    const bool raw = part1_is_raw(block->style, first_pass);
    for (; *pass < last_pass; ++*pass) {
        if (part1_is_raw(block->style, *pass) != raw)
            return PAC_CORRUPT;
        *flaw = part1_run_pass(scratch, block, passes, *pass);
        if (*flaw == PAC_PART1_SYMBOL && *pass == last_pass - 1 && part1_may_be_cut(scratch, block, last_pass))
            *flaw = PAC_PART1_SOUND;
        if (*flaw) {
            *pass = part1_go_back(scratch, *pass, false);
            return PAC_OK;
        }
    }
    if ((block->style & PART1_PREDICTABLE) && length > 0 && last_pass > first_pass &&
        part1_is_terminated(block, last_pass) && !part1_ends_as_predicted(scratch, raw)) {
        *flaw = PAC_PART1_TERMINATION;
        *pass = part1_go_back(scratch, last_pass - 1, first_pass == 0 && !(block->style & PART1_SEGMENTATION_SYMBOLS));
    }
    return PAC_OK;
}

static pac_status part1_decode_passes(const pac_part1_block *block, const part1_passes *passes, part1_scratch *scratch,
                                      part1_result *result, pac_part1_finding *finding)
{
    int32_t pass = 0;
    *finding = (pac_part1_finding){PAC_PART1_SOUND, 0};
    part1_clear(scratch, block);
    for (int32_t first = 0, end; first < block->segment_count && !finding->flaw; first = end) {
        int32_t last_pass = pass + block->segments[first].passes;
        for (end = first + 1; end < block->segment_count && !block->segments[end].opens; ++end)
            last_pass += block->segments[end].passes;
        const uint64_t length = part1_open(scratch, block, first, end, part1_is_raw(block->style, pass));
        const pac_status status =
            part1_decode_segment(block, passes, scratch, length, &pass, last_pass, &finding->flaw);
        if (status)
            return status;
    }
    result->planes = pass > 0 ? (pass + 4) / 3 : 0;
    result->lowest_plane = pass > 0 ? block->magnitude_bitplanes - block->missing_bitplanes - result->planes : 0;
    result->members_lack_plane = pass % 3 == 2;
    finding->planes = result->planes;
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
