#include <oneapi/dnnl/dnnl.h>

// OpenMP's own header belongs to the C compiler; this is the one function of it that is needed.
void omp_set_num_threads(int threads);
