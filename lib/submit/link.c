#include "submit/link.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "submit/address.h"

/* A frame must fit into the socket's buffer twice over, whatever the system's default is. */
enum { SEND_BUFFER = 4 * PS_FRAME_COMMAND_MAX, NUMBER_OFFSET = 8 };

void ps_parcels_clear(struct ps_parcels *parcels)
{
    parcels->first = NULL;
    parcels->last = &parcels->first;
}

void ps_parcels_add(struct ps_parcels *parcels, struct ps_parcel *parcel)
{
    parcel->next = NULL;
    *parcels->last = parcel;
    parcels->last = &parcel->next;
}

struct ps_parcel *ps_parcels_take(struct ps_parcels *parcels)
{
    struct ps_parcel *parcel = parcels->first;
    if (parcel == NULL) return NULL;
    parcels->first = parcel->next;
    if (parcels->first == NULL) parcels->last = &parcels->first;
    parcel->next = NULL;
    return parcel;
}

void ps_link_init(struct ps_link *link)
{
    *link = (struct ps_link){.fd = -1};
    ps_parcels_clear(&link->out);
    ps_parcels_clear(&link->arrived);
}

static enum payscore_status status_of(int code)
{
    switch (code) {
    case ENOENT:
    case ENOTDIR:
    case ECONNREFUSED: return PAYSCORE_E_NOT_FOUND;
    case EAGAIN: return PAYSCORE_E_BUSY;
    case ENOMEM:
    case ENOBUFS: return PAYSCORE_E_MEMORY;
    default: return PAYSCORE_E_IO;
    }
}

static int connect_to(int fd, const char *path)
{
    struct sockaddr_un address;
    int directory;
    int size = SEND_BUFFER;
    int code = ps_address_of_socket(path, &address, &directory);
    if (code != 0) return code;
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) code = errno;
    if (directory >= 0) (void)close(directory);
    return code;
}

enum payscore_status ps_link_open(struct ps_link *link, const char *path)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return status_of(errno);
    int code = connect_to(fd, path);
    if (code != 0) {
        (void)close(fd);
        return status_of(code);
    }
    link->fd = fd;
    link->greeted = false;
    return PAYSCORE_OK;
}

void ps_link_add(struct ps_link *link, struct ps_parcel *parcel)
{
    parcel->sent = false;
    parcel->request = ++link->requests;
    for (int i = 0; i < 8; i++)
        parcel->frame[NUMBER_OFFSET + i] = (uint8_t)(parcel->request >> (8 * i));
    ps_parcels_add(&link->out, parcel);
    if (link->unsent == NULL) link->unsent = parcel;
}

short ps_link_wants(const struct ps_link *link)
{
    return link->greeted && link->unsent != NULL ? POLLIN | POLLOUT : POLLIN;
}

/* Receiving. */

static void arrive(struct ps_link *link, uint64_t request, const struct ps_frame_answer *answer)
{
    struct ps_parcel **at = &link->out.first;
    while (*at != NULL && (*at)->sent && (*at)->request != request)
        at = &(*at)->next;
    struct ps_parcel *parcel = *at;
    if (parcel == NULL || !parcel->sent) return; /* Of one that was given up. */
    *at = parcel->next;
    if (*at == NULL) link->out.last = at;
    parcel->result = ps_frame_result_of(answer);
    parcel->answered = true;
    ps_parcels_add(&link->arrived, parcel);
}

static enum payscore_status take_hello(struct ps_link *link, struct payscore_text frame,
                                       const struct ps_place *here)
{
    struct ps_place place;
    enum payscore_status rc = ps_frame_get_hello(frame, &place);
    if (rc != PAYSCORE_OK) return rc;
    if (!ps_place_same(&place, here)) return PAYSCORE_E_PROCESS;
    link->greeted = true;
    return PAYSCORE_OK;
}

static enum payscore_status take_frame(struct ps_link *link, struct payscore_text frame,
                                       const struct ps_place *here)
{
    struct ps_frame_head head;
    struct ps_frame_answer answer;
    if (!link->greeted) return take_hello(link, frame, here);
    enum payscore_status rc = ps_frame_get_answer(frame, &answer);
    if (rc == PAYSCORE_OK) rc = ps_frame_look(frame, &head);
    if (rc == PAYSCORE_OK) arrive(link, head.request, &answer);
    return rc;
}

static enum payscore_status receive(struct ps_link *link, const struct ps_place *here)
{
    for (;;) {
        uint8_t bytes[PS_FRAME_ANSWER_MAX];
        ssize_t size = recv(link->fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_TRUNC);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno == EAGAIN) return PAYSCORE_OK;
        if (size <= 0) return PAYSCORE_E_BUSY;
        if ((size_t)size > sizeof bytes) return PAYSCORE_E_IO;
        struct payscore_text frame = {(const char *)bytes, (size_t)size};
        enum payscore_status rc = take_frame(link, frame, here);
        if (rc != PAYSCORE_OK) return rc == PAYSCORE_E_INPUT ? PAYSCORE_E_IO : rc;
    }
}

/* Sending. */

static enum payscore_status send_all(struct ps_link *link)
{
    while (link->unsent != NULL) {
        struct ps_parcel *parcel = link->unsent;
        ssize_t size = send(link->fd, parcel->frame, parcel->size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && (errno == EAGAIN || errno == ENOBUFS)) return PAYSCORE_OK;
        if (size < 0) return PAYSCORE_E_BUSY;
        parcel->sent = true;
        link->unsent = parcel->next;
    }
    return PAYSCORE_OK;
}

enum payscore_status ps_link_pump(struct ps_link *link, const struct ps_place *here)
{
    enum payscore_status rc = link->greeted ? send_all(link) : PAYSCORE_OK;
    enum payscore_status received = receive(link, here);
    if (received != PAYSCORE_OK) return received; /* What came before the end has arrived. */
    return rc == PAYSCORE_OK && link->greeted ? send_all(link) : rc;
}

void ps_link_close(struct ps_link *link, struct ps_parcels *back)
{
    struct ps_parcel *parcel;
    if (link->fd >= 0) (void)close(link->fd);
    while ((parcel = ps_parcels_take(&link->out)) != NULL) {
        if (parcel->sent) parcel->risked = true;
        parcel->sent = false;
        ps_parcels_add(back, parcel);
    }
    link->fd = -1;
    link->greeted = false;
    link->unsent = NULL;
}
