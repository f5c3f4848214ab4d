/* CPU targets. A kernel is written once, in a template header, and compiled again for each target:
 *
 *     #define PAC_TEMPLATE "j2k/wavelet/dwt53_template.h"
 *     #include "support/each_target.h"
 *
 * Inside the template PAC_FN starts a function's declaration (static, with the target's attribute), PAC_NAME(f) is
 * f with the target's suffix, and PAC_AVX2, PAC_AVX512 are 1 where their intrinsics may be used.
 * PAC_SELECT fills one entry of a kernel table by the target that the caller asked for.
 */
#ifndef PACSCORE_SUPPORT_TARGETS_H
#define PACSCORE_SUPPORT_TARGETS_H

typedef enum {
    PAC_TARGET_BASELINE = 0, /* what the ABI guarantees; on aarch64 that includes NEON */
    PAC_TARGET_AVX2 = 1,     /* x86-64-v3: AVX2, BMI1, BMI2, LZCNT, POPCNT */
    PAC_TARGET_AVX512 = 2    /* F, BW, VL, DQ, CD, VBMI, VBMI2, BITALG: Ice Lake, Zen 4 and later */
} pac_target;

/* The highest target that this CPU and operating system run. */
pac_target pac_target_best(void);

#if defined(__x86_64__)
#define PAC_X86 1
#define PAC_ATTRIBUTE_AVX2 __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
#define PAC_ATTRIBUTE_AVX512                                                                                           \
    __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512vl,avx512dq,avx512cd,avx512vbmi,"         \
                          "avx512vbmi2,avx512bitalg")))
/* A low-to-high staircase: the highest compiled variant that the target admits. */
#define PAC_SELECT(entry, name, target)                                                                                \
    do {                                                                                                               \
        (entry) = name##_baseline;                                                                                     \
        if ((target) < PAC_TARGET_AVX2)                                                                                \
            break;                                                                                                     \
        (entry) = name##_avx2;                                                                                         \
        if ((target) < PAC_TARGET_AVX512)                                                                              \
            break;                                                                                                     \
        (entry) = name##_avx512;                                                                                       \
    } while (0)
#else
#define PAC_X86 0
#define PAC_SELECT(entry, name, target)                                                                                \
    do {                                                                                                               \
        (void)(target);                                                                                                \
        (entry) = name##_baseline;                                                                                     \
    } while (0)
#endif

#endif
