// Tells libFuzzer which blocks of the C core ran.
//
// gcc calls __sanitizer_cov_trace_pc in every block of what it compiles with -fsanitize-coverage=trace-pc; libFuzzer
// wants counters instead, and a table of places as long as they are. So every block has a counter, found by its
// address; few share one. Linked with the libFuzzer of atheris into one library, which is loaded before all others,
// so that its comparison hooks are found before those of the sanitizers' runtime, which do nothing.
//
// Source: gcc's manual, "Program Instrumentation Options"; clang's, "SanitizerCoverage".
#include <stdint.h>

enum { EXPONENT = 18 };

typedef struct {
    uintptr_t address;
    uintptr_t flags;
} place;

static uint8_t counters[1 << EXPONENT];
static place places[1 << EXPONENT];

void __sanitizer_cov_8bit_counters_init(uint8_t *start, uint8_t *stop);
void __sanitizer_cov_pcs_init(const place *start, const place *stop);
void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_cmpf(float, float);
void __sanitizer_cov_trace_cmpd(double, double);

void __sanitizer_cov_trace_pc(void)
{
    const uintptr_t address = (uintptr_t)__builtin_return_address(0);
    const uint64_t at = address * UINT64_C(0x9E3779B97F4A7C15) >> (64 - EXPONENT);
    counters[at]++;
    places[at].address = address;
}

// gcc calls these too, and libFuzzer does not have them.
void __sanitizer_cov_trace_cmpf(float one, float other)
{
    (void)one, (void)other;
}

void __sanitizer_cov_trace_cmpd(double one, double other)
{
    (void)one, (void)other;
}

__attribute__((constructor)) static void introduce(void)
{
    __sanitizer_cov_8bit_counters_init(counters, counters + (1 << EXPONENT));
    __sanitizer_cov_pcs_init(places, places + (1 << EXPONENT));
}
