/* Whether a store's data file is whole. */
#include "store/whole.h"

#include <fcntl.h>
#include <unistd.h>

#include "store/names.h"
#include "store/pages.h"

enum payscore_status ps_store_check_whole(int directory)
{
    int file = openat(directory, PS_DATA_NAME, O_RDONLY | O_CLOEXEC);
    if (file < 0) return PAYSCORE_E_IO;
    enum payscore_status rc = ps_pages_sound(file);
    (void)close(file);
    return rc;
}
