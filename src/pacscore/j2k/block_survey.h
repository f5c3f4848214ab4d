/* Surveys Part 1 code-blocks before they are encoded: what their passes will most likely have, and their indices, which
 * are kept until then. */
#ifndef PACSCORE_J2K_BLOCK_SURVEY_H
#define PACSCORE_J2K_BLOCK_SURVEY_H

#include "j2k/block_indices.h"

/* Gives the block passes without bytes. `wide`: words are of 64 bits. */
pac_status pac_block_survey(pac_block_encoder *encoder, const pac_tile_component *component, pac_code_block *block,
                            pac_block_indices *indices, int wide);

/* The indices of a block that was surveyed. */
pac_block_indices pac_block_surveyed(const pac_block_encoder *encoder, const pac_code_block *block, int *wide);

#endif
