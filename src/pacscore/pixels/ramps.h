/* Values through a straight line that is cut off at both ends: rescale and window in one.
 * Source: PS3.3 C.11.1.1.2, C.11.2.1.2.1, C.11.2.1.3.2.
 */
#ifndef PACSCORE_PIXELS_RAMPS_H
#define PACSCORE_PIXELS_RAMPS_H

#include "pixels/value_types.h"
#include "support/row_conversion.h"
#include "support/targets.h"

/* The level of a value is floor(slope * value + offset), from 0 to `largest`; not a number is 0. */
typedef struct {
    pac_row_conversion base;
    double slope, offset;
    /* NULL, or what the formula only comes near to: level k is that of values from thresholds[k] to thresholds[k + 1],
     * from which the sign is changed where the slope is negative. The first is -infinity, the last +infinity. */
    const double *thresholds;
    int32_t largest;
    int32_t inverse; /* nonzero: the results are `largest` less their levels */
} pac_ramp;

/* How results are made: by double arithmetic; by that and the thresholds; or floating-point ones, cut off at 0 and 1
 * and not rounded to levels. */
typedef enum { PAC_RAMP_DOUBLE, PAC_RAMP_THRESHOLDS, PAC_RAMP_FRACTION } pac_ramp_kind;

/* Sets the kernel for results of 1 or 2 bytes, 4 for PAC_RAMP_FRACTION; nonzero if there is none. */
int pac_ramp_init(pac_ramp *ramp, pac_ramp_kind kind, pac_value_type values, int result_size, pac_target target);

/* Levels from 0 to 255 of values of 16 bits, by integers. With x = max(0, ((value cut off at first and last) - origin)
 * * 2^shift - less), a level is (x * slope / 2^16 + offset + 1) / 2^16, both quotients rounded down. The caller
 * guarantees that first and last are values of the type, that x and (x * (slope % 2^16)) / 2^16 + offset have 16 bits,
 * and that levels are below 256.
 */
typedef struct {
    pac_row_conversion base;
    int32_t first, last, origin;
    uint32_t slope;
    uint16_t offset, less;
    int32_t shift;
    int32_t inverse;
} pac_fixed_ramp;

/* Sets the kernel for PAC_VALUE_U16 or PAC_VALUE_I16. */
void pac_fixed_ramp_init(pac_fixed_ramp *ramp, pac_value_type values, pac_target target);

#endif
