# Every command of the README. `make PYTHON=python3.13 demo` selects another interpreter.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -q
TEST_OPTIONS ?= -n auto

PYX := $(shell find src -name '_*.pyx')
SOURCES := $(PYX) $(shell find src -name '*.h' -o -name '*.pxd' -o -name '*.c') setup.py
WRITTEN_C := $(filter-out $(PYX:.pyx=.c),$(shell find src -name '*.[ch]'))
SANITIZED := build/sanitized
GUIDED := build/guided
PACSCORE_TEST_DATA ?= ../shared/data
SMALL_CODESTREAMS = $(shell find $(PACSCORE_TEST_DATA)/j2k $(PACSCORE_TEST_DATA)/htj2k -name '*.j*' -size -30k)
HT_OPERATIONS := encode,decode,lossy-encode,lossy-decode,reduce,region,threads,tile
PART_1_OPERATIONS := j2k-encode,j2k-decode,j2k-lossy-encode,j2k-lossy-decode,j2k-reduce,j2k-region,j2k-threads
CONVERTING_OPERATIONS := recode-to-ht,recode-to-j2k,j2k-repack
FUZZ_FILES := $(addprefix $(PACSCORE_TEST_DATA)/,j2k/*/*.j* htj2k/*/*.j* hostile/codestream/*.j* hostile/derived/*.j*)
FUZZ_TARGETS ?= decoding encoding converting
FUZZ_OPTIONS ?= -max_total_time=60

.PHONY: help build demo test test-slow test-all lint docs bench compare browser sanitize fuzz check-targets check-emulated clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

help:
	@echo 'make demo      transcode real DICOM files to HTJ2K and prove every frame'
	@echo 'make test      the quick tests          make test-all   the slow ones too'
	@echo 'make lint      style, types and stubs   make docs       the documentation, in docs/_build'
	@echo 'make bench     the benchmarks           make sanitize   the robustness tests under ASan and UBSan'
	@echo 'make compare   speed and memory beside other libraries, into docs/reference/measured'
	@echo 'make fuzz      decoding, encoding and converting of what reaches new code, under the sanitizers (FUZZ_OPTIONS=-max_total_time=600)'
	@echo 'make check-targets   equal results of all CPU targets over the test data; the lowest on an old CPU (qemu-user)'
	@echo 'make check-emulated  equal results of the AVX-512 kernels, on an emulated CPU (tools/make_emulator.sh)'
	@echo 'make browser   the tile server of the examples, seen by OpenSeadragon in headless Chromium (needs npm and chromium)'
	@echo 'make clean     remove what was built, the virtual environment too'

# The virtual environment, and what is installed in it: a stamp for each set of packages.

$(VENV)/.made: tools/check_machine.py
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: apt-get install python3 python3-venv python3-dev"; exit 1; }
	@$(PYTHON) tools/check_machine.py
	$(PYTHON) -m venv $(VENV)
	$(PIP) 'setuptools>=77' 'Cython>=3.1'
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml
	$(PIP) --no-build-isolation -e .
	@touch $@

$(VENV)/.built: $(VENV)/.installed $(SOURCES)
	$(BIN)/python setup.py -q build_ext --inplace
	@touch $@

$(VENV)/.with-%: $(VENV)/.installed pyproject.toml
	$(PIP) --no-build-isolation -e '.[$*]'
	@touch $@

.PRECIOUS: $(VENV)/.with-%

build: $(VENV)/.built

demo: $(VENV)/.built
	$(BIN)/python tools/demo.py

test: $(VENV)/.built $(VENV)/.with-test
	$(BIN)/python -m pytest $(TEST_OPTIONS) -q -m 'not slow' tests

test-slow: $(VENV)/.built $(VENV)/.with-test
	$(BIN)/python -m pytest $(TEST_OPTIONS) -q -m slow tests

test-all: test test-slow

lint: $(VENV)/.built $(VENV)/.with-test $(VENV)/.with-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src/pacscore $(wildcard benchmarks tools)
	$(BIN)/python -m mypy.stubtest $(subst /,.,$(PYX:src/%.pyx=%))
	PATH="$(abspath $(BIN)):$$PATH" cython-lint $(PYX)
	$(BIN)/clang-format --dry-run -Werror $(WRITTEN_C)

docs: $(VENV)/.built $(VENV)/.with-docs
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html
	@echo 'docs/_build/html/index.html'

bench: $(VENV)/.built $(VENV)/.with-test $(VENV)/.with-bench
	$(BIN)/python -m pytest -q --benchmark-enable --benchmark-only benchmarks

compare: $(VENV)/.built $(VENV)/.with-bench
	$(BIN)/python -m benchmarks.compare --operations $(HT_OPERATIONS) --threads 1,2 --rounds 15 \
		--markdown docs/reference/measured/speed.md
	$(BIN)/python -m benchmarks.compare --operations $(PART_1_OPERATIONS) --threads 1,2 --rounds 7 \
		--markdown docs/reference/measured/speed-part1.md
	$(BIN)/python -m benchmarks.compare --operations $(CONVERTING_OPERATIONS) --rounds 5 \
		--markdown docs/reference/measured/speed-converting.md
	$(BIN)/python -m benchmarks.dicom --markdown docs/reference/measured/speed-dicom.md
	$(BIN)/python -m benchmarks.display --markdown docs/reference/measured/speed-display.md
	$(BIN)/python -m benchmarks.memory --markdown docs/reference/measured/memory.md
	$(BIN)/python -m benchmarks.memory --coding jpeg2000 --markdown docs/reference/measured/memory-part1.md
	$(BIN)/python -m benchmarks.progressive --markdown docs/reference/measured/progressive.md
	$(BIN)/python -m benchmarks.pyramid --markdown docs/reference/measured/pyramid.md
	$(BIN)/python -m benchmarks.building --markdown docs/reference/measured/building.md
	$(BIN)/python -m benchmarks.indexing --markdown docs/reference/measured/indexing.md
	$(BIN)/python -m benchmarks.slow_line --markdown docs/reference/measured/slow-line.md
	$(BIN)/python -m benchmarks.distortion --markdown docs/reference/measured/distortion.md --plot docs/reference/measured/distortion.svg

# Without Chromium the tests in a browser are skipped, and say so; the others of the example run.
browser: $(VENV)/.built $(VENV)/.with-test $(VENV)/.with-browser
	cd examples/tile_server && npm ci --no-audit --no-fund
	$(BIN)/python -m pytest -q tests/examples

# Copies of the sources, so that the plain build stays as it is; the one for fuzzing tells which blocks of C ran.

$(GUIDED)/.built: private COVERAGE := -fsanitize-coverage=trace-pc,trace-cmp
$(SANITIZED)/.built $(GUIDED)/.built: $(VENV)/.built
	mkdir -p $(@D)
	find $(@D) -name '*.so' -prune -o -path '$(@D)/build' -prune -o -type f -exec rm {} +
	tar -c --exclude='*.so' --exclude=__pycache__ --exclude='*.egg-info' src setup.py pyproject.toml README.md LICENSE | tar -x -C $(@D)
	cd $(@D) && CFLAGS='$(COVERAGE)' PACSCORE_SANITIZE=address,undefined $(abspath $(BIN)/python) setup.py -q build_ext --inplace
	@touch $@

# The sanitizers' runtime must be loaded first, and the C++ library beside it (other decoders throw exceptions); Python's
# own leaks are of no interest.

UNDER_SANITIZERS = LD_PRELOAD="$$($(CC) -print-file-name=libasan.so) $$($(CC) -print-file-name=libstdc++.so)" \
	ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1 \
	PYTHONPATH=$(SANITIZED)/src PACSCORE_SANITIZED=1

sanitize: $(SANITIZED)/.built $(VENV)/.with-test
	$(UNDER_SANITIZERS) $(BIN)/python -m pytest $(TEST_OPTIONS) -q -m 'not slow' tests/robustness

# libFuzzer, which atheris brings, and what feeds it the coverage of the C core: before the sanitizers' runtime, whose
# hooks for it do nothing. Blocks are told apart by their addresses, which setarch keeps from run to run, if it may.

FUZZER = $$($(BIN)/python -c 'import atheris; print(atheris.path())')/libclang_rt.fuzzer_no_main.a

$(GUIDED)/guide.so: tools/fuzz_guide.c $(GUIDED)/.built $(VENV)/.with-fuzz
	$(CC) -O2 -fPIC -shared -Wall -Wextra $< -o $@ -Wl,--allow-multiple-definition -Wl,--whole-archive $(FUZZER) -Wl,--no-whole-archive -lpthread -lm

fuzz: $(GUIDED)/guide.so
	export LD_PRELOAD="$(abspath $<) $$($(CC) -print-file-name=libasan.so) $$($(CC) -print-file-name=libstdc++.so)" \
	ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:verify_asan_link_order=0:quarantine_size_mb=16 \
	UBSAN_OPTIONS=print_stacktrace=1 PYTHONPATH=$(GUIDED)/src && for target in $(FUZZ_TARGETS); do \
	$(shell setarch -R true 2>/dev/null && echo setarch -R) $(BIN)/python tools/fuzz.py $$target $(FUZZ_OPTIONS) $(if $(FUZZ_REPLAY),--only $(FUZZ_REPLAY),$(wildcard $(FUZZ_FILES))) || exit 1; done

check-targets: $(VENV)/.built $(VENV)/.with-test
	$(BIN)/python -W ignore tools/check_targets.py

# What the kernels' tests call is noted here, and called again there; then some whole codestreams.
check-emulated: $(VENV)/.built $(VENV)/.with-test
	$(BIN)/python tools/kernel_calls.py record build/kernel_calls tests/kernels -m 'not slow'
	$(BIN)/python tools/emulated.py --with build/kernel_calls -- tools/kernel_calls.py replay build/kernel_calls avx512
	$(BIN)/python tools/check_targets.py --old-cpu 0 $(SMALL_CODESTREAMS)
	$(BIN)/python tools/emulated.py --with $(SMALL_CODESTREAMS) -- tools/check_targets.py --old-cpu 0 $(SMALL_CODESTREAMS)

clean:
	rm -rf $(VENV) build dist demo-output fuzz-failures docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src -name '*.so' -delete
	rm -f $(PYX:.pyx=.c)
