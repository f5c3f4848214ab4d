/* The entries of the kernel table, once per target. */

/* 16-bit lanes hold U up to 15, which nearly every block respects: they are tried first. */
PAC_FN inline __attribute__((always_inline)) pac_status PAC_NAME(ht_cleanup)(const pac_ht_block *block,
                                                                             const ht_output *output, ht_kind kind,
                                                                             ht_scratch *scratch)
{
#if PAC_AVX2
    const pac_status status = PAC_NAME(ht_cleanup_16)(block, output, kind, scratch);
    if (kind == HT_I16 || status != PAC_UNSUPPORTED)
        return status;
#endif
    return PAC_NAME(ht_cleanup_32)(block, output, kind, scratch);
}

PAC_FN pac_status PAC_NAME(ht_decode_i16)(const pac_ht_block *block, int16_t *out, ptrdiff_t stride, void *scratch)
{
    const pac_status status = ht_check_integers(block);
    if (status != PAC_OK)
        return status;
    const ht_output output = {.samples = out, .stride = stride, .size = sizeof *out};
    return PAC_NAME(ht_cleanup)(block, &output, HT_I16, scratch);
}

PAC_FN pac_status PAC_NAME(ht_decode_i32)(const pac_ht_block *block, int32_t *out, ptrdiff_t stride, void *scratch)
{
    const pac_status status = ht_check_integers(block);
    if (status != PAC_OK)
        return status;
    const ht_output output = {.samples = out, .stride = stride, .size = sizeof *out};
    return PAC_NAME(ht_cleanup)(block, &output, HT_I32, scratch);
}

PAC_FN pac_status PAC_NAME(ht_decode_f32)(const pac_ht_block *block, float half_step, float *out, ptrdiff_t stride,
                                          void *scratch)
{
    const pac_status status = ht_check(block, 30);
    if (status != PAC_OK)
        return status;
    if (ht_is_refined(block))
        return PAC_UNSUPPORTED;
    const ht_output output = {.samples = out, .stride = stride, .size = sizeof *out, .half_step = half_step};
    return PAC_NAME(ht_cleanup)(block, &output, HT_F32, scratch);
}

PAC_FN pac_status PAC_NAME(ht_decode_32)(const pac_ht_block *block, uint32_t *samples, ptrdiff_t stride, void *scratch)
{
    pac_status status = ht_check(block, 30);
    if (status != PAC_OK)
        return status;
    const ht_output output = {.samples = samples, .stride = stride, .size = sizeof *samples};
    status = PAC_NAME(ht_cleanup)(block, &output, HT_WORDS, scratch);
    if (status == PAC_OK && ht_is_refined(block))
        PAC_NAME(ht_refine_32)(scratch, block, samples, stride);
    return status;
}

PAC_FN pac_status PAC_NAME(ht_decode_64)(const pac_ht_block *block, uint64_t *samples, ptrdiff_t stride, void *scratch)
{
    pac_status status = ht_check(block, 62);
    if (status != PAC_OK)
        return status;
    const ht_output output = {.samples = samples, .stride = stride, .size = sizeof *samples};
    status = PAC_NAME(ht_cleanup_64)(block, &output, HT_WORDS, scratch);
    if (status == PAC_OK && ht_is_refined(block))
        PAC_NAME(ht_refine_64)(scratch, block, samples, stride);
    return status;
}
