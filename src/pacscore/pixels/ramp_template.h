/* Ramps over PAC_VALUE, in double precision. */

#define PAC_RESULT uint8_t
#define PAC_RESULT_NAME u8
#include "pixels/level_template.h"
#undef PAC_RESULT
#undef PAC_RESULT_NAME

#define PAC_RESULT uint16_t
#define PAC_RESULT_NAME u16
#include "pixels/level_template.h"
#undef PAC_RESULT
#undef PAC_RESULT_NAME
