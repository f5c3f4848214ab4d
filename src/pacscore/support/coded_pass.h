/* What an encoder knows of a coding pass of a code-block: block coders make it, rate control and packets read it. */
#ifndef PACSCORE_SUPPORT_CODED_PASS_H
#define PACSCORE_SUPPORT_CODED_PASS_H

#include <stdint.h>

enum { PAC_NO_LAYER = UINT16_MAX };

typedef struct {
    uint32_t
        length; /* where it ends among the block's bytes; it begins where the one before it ends. Never ends in FF */
    float gain; /* the squared error that it takes away, in squared quantiser steps; 0: nobody asked */
    uint16_t layer; /* the quality layer that it is sent in, or PAC_NO_LAYER; then one of HT that comes before a pass
                       that is sent is a placeholder, without bytes. Source: T.814 B.2 */
    uint8_t ends_segment; /* a codeword segment ends with it. Source: T.800 D.4.2, D.6 */
} pac_coded_pass;

#endif
