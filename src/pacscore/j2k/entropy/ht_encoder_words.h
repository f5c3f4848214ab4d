/* HT encoding once per target: the ends of a segment, indices of 16 bits, words of 32 and of 64 bits. */
#include "j2k/entropy/ht_stuffing_template.h"

#include "j2k/entropy/ht_assembly_template.h"
#include "j2k/entropy/ht_vectors_template.h"

#include "j2k/entropy/ht_quad_vectors_template.h"

#include "j2k/entropy/ht_index_encoder_template.h"

#define HT_WORD uint32_t
#define HT_BITS 32
#include "j2k/entropy/ht_encoder_template.h"
#include "j2k/entropy/ht_refinement_encoder_template.h"

#include "j2k/entropy/ht_sets_template.h"
#undef HT_WORD
#undef HT_BITS

#define HT_WORD uint64_t
#define HT_BITS 64
#include "j2k/entropy/ht_encoder_template.h"
#include "j2k/entropy/ht_refinement_encoder_template.h"

#include "j2k/entropy/ht_sets_template.h"
#undef HT_WORD
#undef HT_BITS
