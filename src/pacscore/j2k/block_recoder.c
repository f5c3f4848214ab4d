#include "j2k/block_recoder.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_SAMPLES = 4096,
    NARROW_LARGEST = 1 << 14 /* the largest magnitude that both encode_i16 take */
};

/* What is to be coded: words of the scratch, magnitudes with one fraction bit. */
typedef struct {
    pac_block_recoder *recoder;
    const pac_block_pair *pair;
    pac_block_planes planes;
    uint64_t magnitudes; /* bitwise OR, without the fraction bit */
    int32_t count, wide;
} words_of_block;

static void *provide(void **slot, size_t size)
{
    if (!*slot)
        *slot = aligned_alloc(64, (size + 63) & ~(size_t)63);
    return *slot;
}

static uint64_t join_magnitudes(const words_of_block *at)
{
    const uint64_t *words64 = at->recoder->scratch.words;
    const uint32_t *words32 = (const uint32_t *)words64;
    uint64_t all64 = 0;
    uint32_t all32 = 0;
    if (at->wide)
        for (int32_t i = 0; i < at->count; i++)
            all64 |= words64[i];
    else
        for (int32_t i = 0; i < at->count; i++)
            all32 |= words32[i];
    return at->wide ? (all64 & INT64_MAX) >> 1 : (all32 & INT32_MAX) >> 1;
}

/* Magnitudes without so many low bits, as words of the encoder. */
static void shift_words(const words_of_block *at, int32_t shift)
{
    const uint64_t *from64 = at->recoder->scratch.words;
    const uint32_t *from32 = (const uint32_t *)from64;
    uint64_t *to64 = at->recoder->encoder.words;
    uint32_t *to32 = (uint32_t *)to64;
    if (at->wide)
        for (int32_t i = 0; i < at->count; i++)
            to64[i] = (from64[i] & ~(uint64_t)INT64_MAX) | (from64[i] & INT64_MAX) >> shift;
    else
        for (int32_t i = 0; i < at->count; i++)
            to32[i] = (from32[i] & ~(uint32_t)INT32_MAX) | (from32[i] & INT32_MAX) >> shift;
}

/* The same in two's complement; they are not wide. */
static void shift_indices(const words_of_block *at, int32_t shift)
{
    const uint32_t *from = (const uint32_t *)at->recoder->scratch.words;
    int16_t *to = at->recoder->encoder.indices;
    for (int32_t i = 0; i < at->count; i++) {
        const int32_t magnitude = (int32_t)((from[i] & INT32_MAX) >> shift), sign = (int32_t)from[i] >> 31;
        to[i] = (int16_t)((magnitude ^ sign) - sign);
    }
}

static pac_status encode_cleanup(const words_of_block *at, uint8_t *bytes, size_t capacity, uint32_t *length)
{
    pac_block_encoder *encoder = &at->recoder->encoder;
    const pac_ht_kernels *ht = &encoder->kernels->ht;
    const int32_t width = at->pair->block->width, height = at->pair->block->height, shift = at->planes.plane + 1;
    if (!at->wide && at->magnitudes >> at->planes.plane <= NARROW_LARGEST) {
        shift_indices(at, shift);
        return ht->encode_i16(encoder->indices, width, width, height, bytes, capacity, length, encoder->ht);
    }
    shift_words(at, shift);
    return at->wide ? ht->encode64(encoder->words, width, width, height, bytes, capacity, length, encoder->ht)
                    : ht->encode32((const uint32_t *)encoder->words, width, width, height, bytes, capacity, length,
                                   encoder->ht);
}

/* The passes of the plane below, behind the cleanup segment. */
static pac_status encode_refinement(const words_of_block *at, uint8_t *bytes, size_t capacity, uint32_t lengths[2])
{
    pac_block_encoder *encoder = &at->recoder->encoder;
    const pac_ht_kernels *ht = &encoder->kernels->ht;
    const int32_t width = at->pair->block->width;
    const pac_ht_refinement asked = {
        .width = width,
        .height = at->pair->block->height,
        .passes = 1 + at->planes.refined,
        .vertically_causal = (at->pair->to_component->style & PAC_STYLE_CAUSAL) != 0,
    };
    shift_words(at, at->planes.plane);
    return at->wide ? ht->encode_refinement64(&asked, encoder->words, width, bytes, capacity, lengths, encoder->ht)
                    : ht->encode_refinement32(&asked, (const uint32_t *)encoder->words, width, bytes, capacity, lengths,
                                              encoder->ht);
}

/* One HT set, behind as many missing planes as there are above its cleanup pass. */
static pac_status to_ht(const words_of_block *at)
{
    pac_block_encoder *encoder = &at->recoder->encoder;
    pac_code_block *block = at->pair->to_block;
    const int32_t passes = 1 + at->planes.refined, bits = 64 - __builtin_clzll(at->magnitudes);
    const size_t each = pac_ht_encode_bound(block->width, block->height, bits), capacity = 2 * each;
    pac_coded_pass *coded = pac_arena_take(&encoder->coded, (size_t)passes * sizeof *coded);
    uint8_t *bytes = pac_arena_reserve(&encoder->coded, capacity);
    if (!provide(&encoder->ht, pac_ht_scratch_size()) || !coded || !bytes)
        return PAC_NO_MEMORY;
    uint32_t cleanup, lengths[2] = {0, 0};
    pac_status status = encode_cleanup(at, bytes, each, &cleanup);
    if (!status && at->planes.refined)
        status = encode_refinement(at, bytes + cleanup, each, lengths);
    if (status)
        return status;
    coded[0] = (pac_coded_pass){.length = cleanup, .ends_segment = 1};
    for (int32_t i = 1; i < passes; i++)
        coded[i] = (pac_coded_pass){.length = cleanup + lengths[i - 1], .ends_segment = i == passes - 1};
    block->length = coded[passes - 1].length;
    pac_arena_keep(&encoder->coded, block->length);
    block->bytes = bytes;
    block->coded = coded;
    block->passes = (uint16_t)passes;
    block->kind = PAC_BLOCK_HT;
    block->missing_bitplanes = (uint8_t)(at->pair->to_band->magnitude_bitplanes - 1 - at->planes.plane);
    return PAC_OK;
}

static pac_status keep_part1(const words_of_block *at, const pac_part1_coded *made, int32_t passes)
{
    pac_block_encoder *encoder = &at->recoder->encoder;
    pac_code_block *block = at->pair->to_block;
    const uint32_t length = made->passes[passes - 1].length;
    block->coded = pac_arena_take(&encoder->coded, (size_t)passes * sizeof *block->coded);
    uint8_t *bytes = pac_arena_reserve(&encoder->coded, length + 1);
    if (!block->coded || !bytes)
        return PAC_NO_MEMORY;
    memcpy(block->coded, made->passes, (size_t)passes * sizeof *block->coded);
    memcpy(bytes, made->bytes, length);
    pac_arena_keep(&encoder->coded, length);
    block->bytes = bytes;
    block->length = length;
    block->passes = (uint16_t)passes;
    block->kind = PAC_BLOCK_PART1;
    return PAC_OK;
}

/* All passes from the plane of the greatest magnitude down to the last one that the other block had. */
static pac_status to_part1(const words_of_block *at)
{
    pac_block_encoder *encoder = &at->recoder->encoder;
    const pac_block_pair *pair = at->pair;
    const int32_t width = pair->block->width, bits = 64 - __builtin_clzll(at->magnitudes);
    const pac_part1_coding coding = {
        .width = width,
        .height = pair->block->height,
        .orientation = pair->to_band->orientation,
        .style = pair->to_component->style,
        .bitplanes = bits,
        .lowest_plane = at->planes.refined ? at->planes.plane - 1 : at->planes.plane,
        .flush = at->recoder->flush,
    };
    if (!provide(&encoder->part1, pac_part1_encoder_scratch_size()))
        return PAC_NO_MEMORY;
    const pac_part1_kernels *part1 = &encoder->kernels->part1;
    pac_part1_coded made;
    pac_status status;
    if (!at->wide && at->magnitudes <= NARROW_LARGEST) {
        shift_indices(at, 1);
        status = part1->encode_i16(&coding, encoder->indices, width, encoder->part1, &made);
    } else {
        shift_words(at, 1);
        status = at->wide ? part1->encode64(&coding, encoder->words, width, encoder->part1, &made)
                          : part1->encode32(&coding, (const uint32_t *)encoder->words, width, encoder->part1, &made);
    }
    if (status)
        return status;
    pair->to_block->missing_bitplanes = (uint8_t)(pair->to_band->magnitude_bitplanes - bits);
    return keep_part1(at, &made, 3 * (bits - 1 - at->planes.plane) + 1 + at->planes.refined);
}

static void keep_damage(pac_code_block *block, const pac_block_scratch *scratch)
{
    block->damaged = (uint8_t)(1 + scratch->finding.flaw);
    block->planes_kept = (uint8_t)scratch->finding.planes;
}

pac_status pac_block_recode(pac_block_recoder *recoder, const pac_block_source *source, const pac_block_pair *pair,
                            pac_block_planes *planes)
{
    words_of_block at = {
        recoder, pair, {0}, 0, (int32_t)pair->block->width * pair->block->height, pair->component->wide};
    pac_status status =
        pac_block_decode_words(source, pair->component, pair->band, pair->block, &recoder->scratch, planes);
    if (status == PAC_CORRUPT)
        keep_damage(pair->block, &recoder->scratch);
    else if (status)
        return status;
    at.planes = *planes;
    if (!planes->passes)
        return PAC_OK;
    at.magnitudes = join_magnitudes(&at);
    if (!(at.magnitudes >> planes->plane))
        return PAC_OK; /* zeros alone, and then nothing can become significant */
    if (pair->to_band->magnitude_bitplanes <= planes->plane || at.magnitudes >> pair->to_band->magnitude_bitplanes)
        return PAC_LIMIT;
    return pair->to_component->style & PAC_STYLE_HT ? to_ht(&at) : to_part1(&at);
}
