/* The kernels of one CPU target. Included by support/each_target.h. */

#define PAC_BITS 8
#define PAC_UNSIGNED uint8_t
#define PAC_SIGNED int8_t
#include "j2k/components/container_template.h"
#define PAC_BITS 16
#define PAC_UNSIGNED uint16_t
#define PAC_SIGNED int16_t
#include "j2k/components/container_template.h"
#define PAC_BITS 32
#define PAC_UNSIGNED uint32_t
#define PAC_SIGNED int32_t
#include "j2k/components/container_template.h"
#define PAC_BITS 64
#define PAC_UNSIGNED uint64_t
#define PAC_SIGNED int64_t
#include "j2k/components/container_template.h"

#include "j2k/components/chunk_template.h"

#define PAC_KIND_NAME(name) PAC_NAME(PAC_PASTE(name, PAC_KIND))

#define PAC_KIND i32
#define PAC_SAMPLE int32_t
#include "j2k/components/reversible_template.h"
#include "j2k/components/samples_template.h"
#undef PAC_KIND
#undef PAC_SAMPLE

#include "j2k/components/short_template.h"

#define PAC_KIND i64
#define PAC_SAMPLE int64_t
#include "j2k/components/reversible_template.h"
#include "j2k/components/samples_template.h"
#undef PAC_KIND
#undef PAC_SAMPLE

#define PAC_KIND f32
#define PAC_SAMPLE float
#define PAC_SAMPLE_BITS uint32_t
#define PAC_IS_SINGLE 1
#define PAC_NARROW_LARGEST 2147483520.0F        /* the largest float below 2^31 */
#define PAC_WIDE_LARGEST 9223371487098961920.0F /* the largest float below 2^63 */
#include "j2k/components/irreversible_template.h"
#include "j2k/components/samples_template.h"
#undef PAC_KIND
#undef PAC_SAMPLE
#undef PAC_SAMPLE_BITS
#undef PAC_IS_SINGLE
#undef PAC_NARROW_LARGEST
#undef PAC_WIDE_LARGEST

#define PAC_KIND f64
#define PAC_SAMPLE double
#define PAC_SAMPLE_BITS uint64_t
#define PAC_IS_SINGLE 0
#define PAC_NARROW_LARGEST 2147483646.0        /* fits, and so does what it may be rounded to */
#define PAC_WIDE_LARGEST 9223372036854774784.0 /* the largest double below 2^63 */
#include "j2k/components/irreversible_template.h"
#include "j2k/components/samples_template.h"
#undef PAC_KIND
#undef PAC_SAMPLE
#undef PAC_SAMPLE_BITS
#undef PAC_IS_SINGLE
#undef PAC_NARROW_LARGEST
#undef PAC_WIDE_LARGEST

#include "j2k/components/rgb8_template.h"

#undef PAC_KIND_NAME
