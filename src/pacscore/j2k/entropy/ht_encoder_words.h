/* HT encoding once per target, for words of 32 and of 64 bits. */
#define HT_WORD uint32_t
#define HT_BITS 32
#include "j2k/entropy/ht_encoder_template.h"
#include "j2k/entropy/ht_refinement_encoder_template.h"
#undef HT_WORD
#undef HT_BITS

#define HT_WORD uint64_t
#define HT_BITS 64
#include "j2k/entropy/ht_encoder_template.h"
#include "j2k/entropy/ht_refinement_encoder_template.h"
#undef HT_WORD
#undef HT_BITS
