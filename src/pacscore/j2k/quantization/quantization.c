#include "j2k/quantization/quantization.h"

#include <string.h>

#define PAC_TEMPLATE "j2k/quantization/quantization_template.h"
#include "support/each_target.h"

void pac_quantization_kernels_init(pac_quantization_kernels *kernels, pac_target target)
{
    PAC_SELECT(kernels->dequantize_i32, dequantize_i32, target);
    PAC_SELECT(kernels->dequantize_i64, dequantize_i64, target);
    PAC_SELECT(kernels->dequantize_f32, dequantize_f32, target);
    PAC_SELECT(kernels->dequantize_f64, dequantize_f64, target);
    PAC_SELECT(kernels->quantize_i32, quantize_i32, target);
    PAC_SELECT(kernels->quantize_i64, quantize_i64, target);
    PAC_SELECT(kernels->quantize_f32, quantize_f32, target);
    PAC_SELECT(kernels->quantize_f64, quantize_f64, target);
    PAC_SELECT(kernels->dequantize_i16, dequantize_i16, target);
    PAC_SELECT(kernels->quantize_i32_i16, quantize_i32_i16, target);
    PAC_SELECT(kernels->quantize_f32_i16, quantize_f32_i16, target);
    PAC_SELECT(kernels->magnitudes_i16, magnitudes_i16, target);
}
