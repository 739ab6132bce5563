/* Where a store's socket is: the same for both sides. */
#define _GNU_SOURCE /* O_PATH */

#include "submit/address.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define SOCKET_NAME "submit.sock"

/* A path that does not fit is reached through the descriptor of its directory. */
int ps_address_of_socket(const char *path, struct sockaddr_un *address, int *directory)
{
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    *directory = -1;
    int size = snprintf(address->sun_path, sizeof address->sun_path, "%s/" SOCKET_NAME, path);
    if (size > 0 && (size_t)size < sizeof address->sun_path) return 0;
    *directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*directory < 0) return errno;
    snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/" SOCKET_NAME,
             *directory);
    return 0;
}
