/* The kernels of one CPU target, for words of 32 and of 64 bits and indices of 16. Included by support/each_target.h.
 */
#define PAC_WORD uint32_t
#define PAC_WORD_BITS 32
#define PAC_INTEGER int32_t
#define PAC_INTEGER_KIND i32
#define PAC_REAL float
#define PAC_REAL_KIND f32
#define PAC_REAL_LARGEST 2147483520.0F /* the largest float below 2^31 */
#include "j2k/quantization/word_template.h"
#undef PAC_WORD
#undef PAC_WORD_BITS
#undef PAC_INTEGER
#undef PAC_INTEGER_KIND
#undef PAC_REAL
#undef PAC_REAL_KIND
#undef PAC_REAL_LARGEST

#define PAC_WORD uint64_t
#define PAC_WORD_BITS 64
#define PAC_INTEGER int64_t
#define PAC_INTEGER_KIND i64
#define PAC_REAL double
#define PAC_REAL_KIND f64
#define PAC_REAL_LARGEST 9223372036854774784.0 /* the largest double below 2^63 */
#include "j2k/quantization/word_template.h"
#undef PAC_WORD
#undef PAC_WORD_BITS
#undef PAC_INTEGER
#undef PAC_INTEGER_KIND
#undef PAC_REAL
#undef PAC_REAL_KIND
#undef PAC_REAL_LARGEST

#include "j2k/quantization/index16_template.h"
