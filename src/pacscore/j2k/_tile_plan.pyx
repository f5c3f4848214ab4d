"""The plan of a tile, as C needs it."""

from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport calloc, free

cimport cython


@cython.final
@cython.auto_pickle(False)
cdef class CompiledPlan:
    """What C needs to know of a tile; immutable, shared between threads."""

    def __cinit__(self, components, owner, runs, int layers, bint color_transform):
        cdef Py_ssize_t resolution_count = sum(len(component.geometry.resolutions) for component in components)
        self.components = <pac_tile_component *> calloc(len(components) + 1, sizeof(pac_tile_component))
        self.resolutions = <pac_resolution *> calloc(resolution_count + 1, sizeof(pac_resolution))
        self.runs = <pac_packet_run *> calloc(len(runs) + 1, sizeof(pac_packet_run))
        if not self.components or not self.resolutions or not self.runs:
            raise MemoryError()
        self.arrays = [owner, [run.precincts for run in runs]]
        cdef const int32_t[::1] numbers = owner
        cdef int32_t resolution = 0
        for c, component in enumerate(components):
            self.fill_component(c, component, resolution)
            resolution += <int32_t> len(component.geometry.resolutions)
        for i, run in enumerate(runs):
            self.fill_run(i, run)
        self.plan.components = self.components
        self.plan.resolutions = self.resolutions
        self.plan.precinct_resolution = &numbers[0] if numbers.shape[0] else NULL
        self.plan.runs = self.runs
        self.plan.precinct_count = numbers.shape[0]
        self.plan.component_count = <int32_t> len(components)
        self.plan.resolution_count = resolution
        self.plan.run_count = <int32_t> len(runs)
        self.plan.layers = layers
        self.plan.color_transform = color_transform

    def __dealloc__(self):
        free(self.components)
        free(self.resolutions)
        free(self.runs)

    cdef int fill_component(self, Py_ssize_t c, object component, int32_t first_resolution) except -1:
        cdef pac_tile_component *out = &self.components[c]
        cdef int64_t precinct = 0
        cdef pac_resolution *here
        cdef pac_resolution *last
        if first_resolution:
            last = &self.resolutions[first_resolution - 1]
            precinct = last.first_precinct + <int64_t> last.precincts_wide * last.precincts_high
        out.rect = rect_of(component.geometry.rect)
        out.first_resolution = first_resolution
        out.resolution_count = <int32_t> len(component.geometry.resolutions)
        out.style = component.style
        out.roi_shift = component.roi_shift
        out.reversible = component.reversible
        out.wide = component.wide
        band_number = 0
        for r, resolution in enumerate(component.geometry.resolutions):
            here = &self.resolutions[first_resolution + r]
            here.rect = rect_of(resolution.rect)
            here.first_precinct = precinct
            here.component = <int32_t> c
            here.resolution = r
            here.precinct_width_exponent, here.precinct_height_exponent = resolution.precinct_exponents
            here.block_width_exponent, here.block_height_exponent = resolution.block_exponents
            here.precincts_wide = resolution.precincts_wide
            here.precincts_high = resolution.precincts_high
            here.band_count = <int32_t> len(resolution.bands)
            for b, band in enumerate(resolution.bands):
                here.bands[b].rect = rect_of(band.rect)
                here.bands[b].orientation = band.orientation
                here.bands[b].number = 3 * (first_resolution + <int32_t> r) + <int32_t> b
                here.bands[b].magnitude_bitplanes, here.bands[b].step = component.bands[band_number]
                band_number += 1
            precinct += <int64_t> here.precincts_wide * here.precincts_high
        return 0

    cdef int fill_run(self, Py_ssize_t i, object run) except -1:
        cdef const int32_t[::1] precincts = run.precincts
        self.runs[i].precincts = &precincts[0] if precincts.shape[0] else NULL
        self.runs[i].precinct_count = precincts.shape[0]
        self.runs[i].layers = run.layers
        self.runs[i].layers_outer = run.layers_outer
        return 0
