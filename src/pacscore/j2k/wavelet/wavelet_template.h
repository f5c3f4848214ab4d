/* The kernels of one CPU target: each filter for its types of coefficients. Included by support/each_target.h. */
#define PAC_KIND_NAME(name) PAC_NAME(PAC_PASTE(name, PAC_KIND))

/* f(0), f(1) ... for each lane of a vector */
#define PAC_LANES_2(f) f(0), f(1)
#define PAC_LANES_4(f) PAC_LANES_2(f), f(2), f(3)
#define PAC_LANES_8(f) PAC_LANES_4(f), f(4), f(5), f(6), f(7)
#define PAC_LANES_16(f) PAC_LANES_8(f), f(8), f(9), f(10), f(11), f(12), f(13), f(14), f(15)
#define PAC_LANES_32(f)                                                                                                \
    PAC_LANES_16(f), f(16), f(17), f(18), f(19), f(20), f(21), f(22), f(23), f(24), f(25), f(26), f(27), f(28), f(29), \
        f(30), f(31)
#if PAC_AVX512
#define PAC_LANES_OF_16_BITS PAC_LANES_32
#define PAC_LANES_OF_32_BITS PAC_LANES_16
#define PAC_LANES_OF_64_BITS PAC_LANES_8
#elif PAC_AVX2
#define PAC_LANES_OF_16_BITS PAC_LANES_16
#define PAC_LANES_OF_32_BITS PAC_LANES_8
#define PAC_LANES_OF_64_BITS PAC_LANES_4
#else
#define PAC_LANES_OF_16_BITS PAC_LANES_8
#define PAC_LANES_OF_32_BITS PAC_LANES_4
#define PAC_LANES_OF_64_BITS PAC_LANES_2
#endif

#define PAC_SAMPLE int16_t
#define PAC_KIND i16
#define PAC_LANE int16_t
#define PAC_EACH_LANE PAC_LANES_OF_16_BITS
#define PAC_LIFTING "j2k/wavelet/lift53_narrow_template.h"
#define PAC_STEPS 2
#include "j2k/wavelet/level_template.h"

#define PAC_SAMPLE int32_t
#define PAC_KIND i32
#define PAC_LANE int32_t
#define PAC_EACH_LANE PAC_LANES_OF_32_BITS
#define PAC_LIFTING "j2k/wavelet/lift53_template.h"
#define PAC_STEPS 2
#include "j2k/wavelet/level_template.h"

#define PAC_SAMPLE int64_t
#define PAC_KIND i64
#define PAC_LANE int64_t
#define PAC_EACH_LANE PAC_LANES_OF_64_BITS
#define PAC_LIFTING "j2k/wavelet/lift53_template.h"
#define PAC_STEPS 2
#include "j2k/wavelet/level_template.h"

#define PAC_SAMPLE float
#define PAC_KIND f32
#define PAC_LANE int32_t
#define PAC_EACH_LANE PAC_LANES_OF_32_BITS
#define PAC_LIFTING "j2k/wavelet/lift97_template.h"
#define PAC_STEPS 4
#include "j2k/wavelet/level_template.h"

#define PAC_SAMPLE double
#define PAC_KIND f64
#define PAC_LANE int64_t
#define PAC_EACH_LANE PAC_LANES_OF_64_BITS
#define PAC_LIFTING "j2k/wavelet/lift97_template.h"
#define PAC_STEPS 4
#include "j2k/wavelet/level_template.h"

#undef PAC_KIND_NAME
#undef PAC_LANES_2
#undef PAC_LANES_4
#undef PAC_LANES_8
#undef PAC_LANES_16
#undef PAC_LANES_32
#undef PAC_LANES_OF_16_BITS
#undef PAC_LANES_OF_32_BITS
#undef PAC_LANES_OF_64_BITS
