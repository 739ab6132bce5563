/*
 * Addresses are read by the resolver and printed by it; nothing here knows what is spoken on them.
 */
#include "worker/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char local_prefix[] = "unix:";

enum { LOCAL_PREFIX_SIZE = sizeof local_prefix - 1, BACKLOG = 128 };

static bool parse_local(struct ps_address *address, const char *path)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    size_t size = strlen(path);
    if (path[0] != '/' || size >= sizeof local.sun_path) return false;
    memcpy(local.sun_path, path, size + 1);
    memcpy(&address->where, &local, sizeof local);
    address->size = sizeof local;
    address->local = true;
    return true;
}

static bool parse_host(struct ps_address *address, const char *text)
{
    char host[256];
    struct addrinfo *found = NULL;
    const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text || colon[1] == '\0') return false;
    size_t size = (size_t)(colon - text);
    if (text[0] == '[' && colon[-1] == ']') {
        text++;
        size -= 2;
    }
    if (size == 0 || size >= sizeof host) return false;
    memcpy(host, text, size);
    host[size] = '\0';
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0) return false;
    memcpy(&address->where, found->ai_addr, found->ai_addrlen);
    address->size = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

bool ps_address_parse(struct ps_address *address, const char *text)
{
    memset(address, 0, sizeof *address);
    if (strncmp(text, local_prefix, LOCAL_PREFIX_SIZE) == 0) {
        return parse_local(address, text + LOCAL_PREFIX_SIZE);
    }
    return parse_host(address, text);
}

static const char *local_path(const struct ps_address *address)
{
    return (const char *)&address->where + offsetof(struct sockaddr_un, sun_path);
}

void ps_address_print(const struct ps_address *address, char text[PS_ADDRESS_TEXT_MAX])
{
    char host[INET6_ADDRSTRLEN + 24] = "";
    char port[8] = "";
    if (address->local) {
        snprintf(text, PS_ADDRESS_TEXT_MAX, "%s%s", local_prefix, local_path(address));
        return;
    }
    getnameinfo((const struct sockaddr *)&address->where, address->size, host, sizeof host, port,
                sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    bool six = address->where.ss_family == AF_INET6;
    snprintf(text, PS_ADDRESS_TEXT_MAX, six ? "[%s]:%s" : "%s:%s", host, port);
}

/** Remove a socket that a process left behind; one that answers stays and is in use. */
static int remove_stale(const struct ps_address *address)
{
    struct stat found;
    if (lstat(local_path(address), &found) != 0) return errno == ENOENT ? 0 : -1;
    if (!S_ISSOCK(found.st_mode)) {
        errno = EEXIST;
        return -1;
    }
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return -1;
    int answered = connect(probe, (const struct sockaddr *)&address->where, address->size);
    int reason = answered == 0 ? EADDRINUSE : errno;
    close(probe);
    if (reason == ECONNREFUSED) return unlink(local_path(address));
    errno = reason;
    return -1;
}

static int bind_and_listen(int fd, struct ps_address *address)
{
    int on = 1;
    /* On a Unix socket the mode given before bind() is the mode the file is born with. */
    if (address->local && fchmod(fd, S_IRUSR | S_IWUSR) != 0) return -1;
    if (!address->local && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return -1;
    if (bind(fd, (const struct sockaddr *)&address->where, address->size) != 0) return -1;
    if (listen(fd, BACKLOG) != 0) return -1;
    if (address->local) return 0;
    address->size = sizeof address->where;
    return getsockname(fd, (struct sockaddr *)&address->where, &address->size);
}

int ps_address_listen(struct ps_address *address)
{
    if (address->local && remove_stale(address) != 0) return -1;
    int fd = socket(address->where.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    if (bind_and_listen(fd, address) != 0) {
        int reason = errno;
        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

void ps_address_remove(const struct ps_address *address)
{
    if (address->local) unlink(local_path(address));
}
