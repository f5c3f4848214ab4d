/* All of the encoder that is compiled per target. */
#include "j2k/entropy/part1_pack_template.h"

#include "j2k/entropy/part1_symbols_template.h"

#include "j2k/entropy/part1_mq_encoder_template.h"

#include "j2k/entropy/part1_gains_template.h"

#define PART1_BITS 16
#define PART1_WORD uint16_t
#define PART1_SAMPLE int16_t
#include "j2k/entropy/part1_planes_template.h"
#undef PART1_BITS
#undef PART1_WORD
#undef PART1_SAMPLE

#define PART1_BITS 32
#define PART1_WORD uint32_t
#define PART1_SAMPLE uint32_t
#include "j2k/entropy/part1_planes_template.h"
#undef PART1_BITS
#undef PART1_WORD
#undef PART1_SAMPLE

#define PART1_BITS 64
#define PART1_WORD uint64_t
#define PART1_SAMPLE uint64_t
#include "j2k/entropy/part1_planes_template.h"
#undef PART1_BITS
#undef PART1_WORD
#undef PART1_SAMPLE
