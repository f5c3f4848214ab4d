/* Includes PAC_TEMPLATE once for each CPU target. No include guard: it is meant to be included again. */
#include "support/targets.h"

#define PAC_PASTE_(a, b) a##_##b
#define PAC_PASTE(a, b) PAC_PASTE_(a, b)
#define PAC_NAME(name) PAC_PASTE(name, PAC_SUFFIX)

#define PAC_SUFFIX baseline
#define PAC_FN static
#define PAC_AVX2 0
#define PAC_AVX512 0
#include PAC_TEMPLATE
#undef PAC_SUFFIX
#undef PAC_FN
#undef PAC_AVX2
#undef PAC_AVX512

#if PAC_X86
#define PAC_SUFFIX avx2
#define PAC_FN static PAC_ATTRIBUTE_AVX2
#define PAC_AVX2 1
#define PAC_AVX512 0
#include PAC_TEMPLATE
#undef PAC_SUFFIX
#undef PAC_FN
#undef PAC_AVX2
#undef PAC_AVX512

#define PAC_SUFFIX avx512
#define PAC_FN static PAC_ATTRIBUTE_AVX512
#define PAC_AVX2 1
#define PAC_AVX512 1
#include PAC_TEMPLATE
#undef PAC_SUFFIX
#undef PAC_FN
#undef PAC_AVX2
#undef PAC_AVX512
#endif

#undef PAC_NAME
#undef PAC_PASTE
#undef PAC_PASTE_
#undef PAC_TEMPLATE
