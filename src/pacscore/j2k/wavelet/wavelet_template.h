/* The kernels of one CPU target: each filter for its two sample types. Included by support/each_target.h. */
#define PAC_KIND_NAME(name) PAC_NAME(PAC_PASTE(name, PAC_KIND))

#define PAC_SAMPLE int16_t
#define PAC_KIND i16
#include "j2k/wavelet/narrow53_template.h"
#include "j2k/wavelet/rows_template.h"
#undef PAC_SAMPLE
#undef PAC_KIND
#undef PAC_STEPS

#define PAC_SAMPLE int32_t
#define PAC_KIND i32
#include "j2k/wavelet/filter53_template.h"
#include "j2k/wavelet/lift53_template.h"
#include "j2k/wavelet/rows_template.h"
#undef PAC_STEPS
#undef PAC_SAMPLE
#undef PAC_KIND

#define PAC_SAMPLE int64_t
#define PAC_KIND i64
#include "j2k/wavelet/filter53_template.h"
#include "j2k/wavelet/lift53_template.h"
#include "j2k/wavelet/rows_template.h"
#undef PAC_STEPS
#undef PAC_SAMPLE
#undef PAC_KIND

#define PAC_SAMPLE float
#define PAC_KIND f32
#include "j2k/wavelet/filter97_template.h"
#include "j2k/wavelet/lift97_template.h"
#include "j2k/wavelet/rows_template.h"
#undef PAC_STEPS
#undef PAC_SAMPLE
#undef PAC_KIND

#define PAC_SAMPLE double
#define PAC_KIND f64
#include "j2k/wavelet/filter97_template.h"
#include "j2k/wavelet/lift97_template.h"
#include "j2k/wavelet/rows_template.h"
#undef PAC_STEPS
#undef PAC_SAMPLE
#undef PAC_KIND

#undef PAC_KIND_NAME
