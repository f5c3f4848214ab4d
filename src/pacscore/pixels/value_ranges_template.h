/* The range kernels of one CPU target. Included by support/each_target.h. Floating-point values are compared as
 * integers in the same order.
 */

#define PAC_KEY(bits) (bits)
#define PAC_VALUE uint8_t
#define PAC_BITS uint8_t
#define PAC_VALUE_NAME u8
#define PAC_LOWEST 0
#define PAC_HIGHEST UINT8_MAX
#include "pixels/value_range_template.h"
#define PAC_VALUE int8_t
#define PAC_BITS int8_t
#define PAC_VALUE_NAME i8
#define PAC_LOWEST INT8_MIN
#define PAC_HIGHEST INT8_MAX
#include "pixels/value_range_template.h"
#define PAC_VALUE uint16_t
#define PAC_BITS uint16_t
#define PAC_VALUE_NAME u16
#define PAC_LOWEST 0
#define PAC_HIGHEST UINT16_MAX
#include "pixels/value_range_template.h"
#define PAC_VALUE int16_t
#define PAC_BITS int16_t
#define PAC_VALUE_NAME i16
#define PAC_LOWEST INT16_MIN
#define PAC_HIGHEST INT16_MAX
#include "pixels/value_range_template.h"
#define PAC_VALUE uint32_t
#define PAC_BITS uint32_t
#define PAC_VALUE_NAME u32
#define PAC_LOWEST 0
#define PAC_HIGHEST UINT32_MAX
#include "pixels/value_range_template.h"
#define PAC_VALUE int32_t
#define PAC_BITS int32_t
#define PAC_VALUE_NAME i32
#define PAC_LOWEST INT32_MIN
#define PAC_HIGHEST INT32_MAX
#include "pixels/value_range_template.h"
#undef PAC_KEY

#define PAC_KEY(bits) ((bits) ^ (((bits) >> 31) & INT32_MAX))
#define PAC_VALUE float
#define PAC_BITS int32_t
#define PAC_VALUE_NAME f32
#define PAC_LOWEST (-FLT_MAX)
#define PAC_HIGHEST FLT_MAX
#include "pixels/value_range_template.h"
#undef PAC_KEY
#define PAC_KEY(bits) ((bits) ^ (((bits) >> 63) & INT64_MAX))
#define PAC_VALUE double
#define PAC_BITS int64_t
#define PAC_VALUE_NAME f64
#define PAC_LOWEST (-DBL_MAX)
#define PAC_HIGHEST DBL_MAX
#include "pixels/value_range_template.h"
#undef PAC_KEY
