/* Status codes that C returns and Cython turns into exceptions. C never includes Python.h. */
#ifndef PACSCORE_SUPPORT_STATUS_H
#define PACSCORE_SUPPORT_STATUS_H

typedef enum {
    PAC_OK = 0,
    PAC_NO_MEMORY,   /* an allocation failed */
    PAC_TRUNCATED,   /* the data ended early */
    PAC_CORRUPT,     /* the data contradicts the standard */
    PAC_UNSUPPORTED, /* legal, but not implemented */
    PAC_LIMIT,       /* a stated limit would be exceeded */
    PAC_NO_SPACE,    /* an output buffer is too small */
    PAC_WAITING      /* bytes are needed that are not there yet */
} pac_status;

#endif
