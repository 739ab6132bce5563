/*
 * Where a listener is: unix:/path or host:port.
 */
#ifndef PS_WORKER_ADDRESS_H
#define PS_WORKER_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

enum { PS_ADDRESS_TEXT_MAX = 128 };

struct ps_address {
    bool local; /* A Unix socket. */
    struct sockaddr_storage where;
    socklen_t size;
};

/** False if `text` is neither unix:/path (of at most 107 bytes) nor host:port. */
bool ps_address_parse(struct ps_address *address, const char *text);

/** Write an address as it is parsed. */
void ps_address_print(const struct ps_address *address, char text[PS_ADDRESS_TEXT_MAX]);

/**
 * Bind and listen; port 0 becomes the real port in *address. A Unix socket gets mode 0600; one that
 * nobody listens on any more is replaced. Returns the descriptor, or -1 with errno.
 */
int ps_address_listen(struct ps_address *address);

/** Remove the file of a Unix socket; of others there is nothing to remove. */
void ps_address_remove(const struct ps_address *address);

#endif
