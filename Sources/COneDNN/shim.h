#include <oneapi/dnnl/dnnl.h>

// OpenMP's own header belongs to the C compiler; these are the functions of it that are needed.
int omp_get_max_threads(void);
void omp_set_num_threads(int threads);
