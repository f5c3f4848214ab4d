/* The numbers that wavelet coefficients are computed in. */
#ifndef PACSCORE_SUPPORT_COEFFICIENT_H
#define PACSCORE_SUPPORT_COEFFICIENT_H

#include <stddef.h>

/* Integers serve the reversible path, reals the irreversible one. */
typedef enum { PAC_I16 = 0, PAC_I32, PAC_I64, PAC_F32, PAC_F64 } pac_coefficient_type;

enum { PAC_COEFFICIENT_TYPES = 5 };

/* In bytes. */
static inline size_t pac_coefficient_size(pac_coefficient_type type)
{
    switch (type) {
    case PAC_I16:
        return 2;
    case PAC_I32:
    case PAC_F32:
        return 4;
    default:
        return 8;
    }
}

static inline int pac_coefficient_is_real(pac_coefficient_type type)
{
    return type == PAC_F32 || type == PAC_F64;
}

#endif
