/* Types of stored values and of display values, by the numbers that Python knows too. */
#ifndef PACSCORE_PIXELS_VALUE_TYPES_H
#define PACSCORE_PIXELS_VALUE_TYPES_H

typedef enum {
    PAC_VALUE_U8,
    PAC_VALUE_I8,
    PAC_VALUE_U16,
    PAC_VALUE_I16,
    PAC_VALUE_U32,
    PAC_VALUE_I32,
    PAC_VALUE_F32,
    PAC_VALUE_F64,
    PAC_VALUE_TYPES
} pac_value_type;

#endif
