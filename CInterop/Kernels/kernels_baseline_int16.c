/* Products of whole numbers for any processor. */
#define DRAGON_PRODUCTS dragon_products_baseline_int16
#define FORMAT_INT16 1
#define VL 4
#define MR 6
#include "product_table.h"
