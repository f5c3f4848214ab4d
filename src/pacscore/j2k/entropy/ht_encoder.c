/* HT block encoder. */
#include "j2k/entropy/ht.h"
#include "j2k/entropy/ht_scratch.h"

void pac_ht_encoder_init(pac_ht_kernels *kernels, pac_target target)
{
    (void)target;
    kernels->encode32 = 0;
    kernels->encode64 = 0;
    kernels->encode_refinement32 = 0;
    kernels->encode_refinement64 = 0;
}
