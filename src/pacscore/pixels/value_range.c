#include "pixels/value_range.h"

#include <float.h>
#include <stddef.h>
#include <string.h>

enum { CHUNK = 1024 };

#define PAC_TEMPLATE "pixels/value_ranges_template.h"
#include "support/each_target.h"

pac_range_kernel pac_range_kernel_for(pac_value_type values, pac_target target)
{
    pac_range_kernel kernels[PAC_VALUE_TYPES];
    PAC_SELECT(kernels[PAC_VALUE_U8], range_u8, target);
    PAC_SELECT(kernels[PAC_VALUE_I8], range_i8, target);
    PAC_SELECT(kernels[PAC_VALUE_U16], range_u16, target);
    PAC_SELECT(kernels[PAC_VALUE_I16], range_i16, target);
    PAC_SELECT(kernels[PAC_VALUE_U32], range_u32, target);
    PAC_SELECT(kernels[PAC_VALUE_I32], range_i32, target);
    PAC_SELECT(kernels[PAC_VALUE_F32], range_f32, target);
    PAC_SELECT(kernels[PAC_VALUE_F64], range_f64, target);
    return values >= 0 && values < PAC_VALUE_TYPES ? kernels[values] : NULL;
}
