/* Close the streams of a block and put them together, per target. Source: T.814 7.1, read backwards. */

/* Where MagSgn can be written without a copy: the longest stream and what is spoiled behind it have room there. */
PAC_FN inline bool PAC_NAME(ht_has_room)(size_t capacity, uint32_t bits)
{
    return capacity >= bits / 7 + HT_SLACK + 8;
}

PAC_FN pac_status PAC_NAME(ht_assemble)(ht_coder *coder, ht_scratch *scratch, uint8_t *out, size_t capacity,
                                        uint32_t *length)
{
    const uint32_t magsgn_bits = ht_writer_finish(&coder->magsgn, scratch->forward, 0xff);
    uint8_t *front = PAC_NAME(ht_has_room)(capacity, magsgn_bits) ? out : scratch->forward_bytes;
    uint32_t magsgn = PAC_NAME(ht_stuff_forward)(front, scratch->forward, magsgn_bits);
    if (magsgn > 0 && front[magsgn - 1] == 0xff)
        --magsgn; /* a decoder reads ones behind the end */
    const uint32_t vlc_bits = ht_writer_finish(&coder->vlc, scratch->backward, 0);
    uint8_t *end = scratch->backward_bytes + sizeof scratch->backward_bytes;
    ht_backward vlc = PAC_NAME(ht_stuff_backward)(end, scratch->backward, vlc_bits);
    ht_mel_encoder *mel = &coder->mel;
    ht_mel_encoder_finish(mel);
    const bool mel_open = mel->room < 8; /* some bits used, or the byte that must follow FF */
    uint8_t shared;
    if (ht_share(mel, &vlc, &shared)) {
        if (mel_open || vlc.used > 0)
            mel->bytes[mel->length++] = shared;
    } else {
        mel->bytes[mel->length++] = (uint8_t)(mel->partial << mel->room);
        if (vlc.used > 0)
            *(end - ++vlc.length) = vlc.partial;
    }
    const uint32_t suffix = mel->length + vlc.length + 1;
    *length = magsgn + suffix;
    if (*length > capacity)
        return PAC_NO_SPACE;
    if (front != out)
        memcpy(out, front, magsgn);
    memcpy(out + magsgn, mel->bytes, mel->length);
    memcpy(out + magsgn + mel->length, end - vlc.length, vlc.length);
    out[*length - 2] = (uint8_t)((out[*length - 2] & 0xf0) | (suffix & 15));
    out[*length - 1] = (uint8_t)(suffix >> 4);
    return PAC_OK;
}

/* Join SigProp and MagRef. Lengths: of SigProp, and of both. */
PAC_FN pac_status PAC_NAME(ht_assemble_refinement)(ht_writer *sigprop, ht_writer *magref, ht_scratch *scratch,
                                                   uint8_t *out, size_t capacity, uint32_t lengths[2])
{
    const uint32_t sigprop_bits = ht_writer_finish(sigprop, scratch->forward, 0);
    uint32_t front = PAC_NAME(ht_stuff_forward)(scratch->forward_bytes, scratch->forward, sigprop_bits);
    if (front > 0 && scratch->forward_bytes[front - 1] == 0xff)
        scratch->forward_bytes[front++] = 0;
    const uint32_t magref_bits = ht_writer_finish(magref, scratch->backward, 0);
    uint8_t *end = scratch->backward_bytes + sizeof scratch->backward_bytes;
    ht_backward back = PAC_NAME(ht_stuff_backward)(end, scratch->backward, magref_bits);
    if (back.used > 0)
        *(end - ++back.length) = back.partial;
    lengths[0] = front;
    lengths[1] = front + back.length;
    if (lengths[1] > capacity)
        return PAC_NO_SPACE;
    memcpy(out, scratch->forward_bytes, front);
    memcpy(out + front, end - back.length, back.length);
    return PAC_OK;
}
