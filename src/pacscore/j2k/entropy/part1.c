#include "j2k/entropy/part1_coders.h"

void pac_part1_kernels_init(pac_part1_kernels *kernels, pac_target target)
{
    pac_part1_decoder_init(kernels, target);
    pac_part1_encoder_init(kernels, target);
    pac_part1_survey_init(kernels, target);
}
