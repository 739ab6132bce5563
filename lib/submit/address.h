/* Where a store's socket is: the same for both sides. */
#ifndef PS_SUBMIT_ADDRESS_H
#define PS_SUBMIT_ADDRESS_H

#include <sys/socket.h>
#include <sys/un.h>

/**
 * The address of the socket of the store in `path`. One that is too long for an address is reached
 * through `*directory`, which the caller closes once the address was used; else it is -1.
 *
 * Returns 0, or the errno of a directory that cannot be opened.
 */
int ps_address_of_socket(const char *path, struct sockaddr_un *address, int *directory);

#endif
