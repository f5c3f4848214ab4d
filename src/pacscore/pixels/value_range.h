/* The smallest and the largest value of a frame. Source: PS3.3 C.7.5.1.1.2 (padding is no value). */
#ifndef PACSCORE_PIXELS_VALUE_RANGE_H
#define PACSCORE_PIXELS_VALUE_RANGE_H

#include <stdint.h>

#include "pixels/value_types.h"
#include "support/targets.h"

/* Widens range[0] to range[1] by values that are finite and not from first to last; these three are doubles, which hold
 * all values. range[0] above range[1] is no range yet. */
typedef void (*pac_range_kernel)(const void *values, int64_t count, double first, double last, double range[2]);

pac_range_kernel pac_range_kernel_for(pac_value_type values, pac_target target);

#endif
