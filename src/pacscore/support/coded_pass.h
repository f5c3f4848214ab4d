/* What an encoder knows of a coding pass of a code-block: block coders make it, rate control and packets read it. */
#ifndef PACSCORE_SUPPORT_CODED_PASS_H
#define PACSCORE_SUPPORT_CODED_PASS_H

#include <stdint.h>

enum { PAC_NO_LAYER = UINT16_MAX };

typedef struct {
    uint32_t length;      /* so many of the block's bytes suffice for the passes up to this one; never ends in FF */
    float gain;           /* the squared error that it takes away, in squared quantiser steps; 0: nobody asked */
    uint16_t layer;       /* the quality layer that it is sent in, or PAC_NO_LAYER */
    uint8_t ends_segment; /* a codeword segment ends with it. Source: T.800 D.4.2, D.6 */
} pac_coded_pass;

#endif
