/* Each coder's entries of the table of kernels. */
#ifndef PACSCORE_J2K_ENTROPY_PART1_CODERS_H
#define PACSCORE_J2K_ENTROPY_PART1_CODERS_H

#include "j2k/entropy/part1.h"

void pac_part1_decoder_init(pac_part1_kernels *kernels, pac_target target);
void pac_part1_encoder_init(pac_part1_kernels *kernels, pac_target target);
void pac_part1_survey_init(pac_part1_kernels *kernels, pac_target target);

#endif
