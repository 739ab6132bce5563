/*
 * One connection is a peer. What came from it and is not answered are its jobs; answers that could
 * not be written yet stand in its line. It is read from while both together are within the window,
 * so that what a client can make us hold is bounded, however slowly it reads.
 */
#define _GNU_SOURCE /* accept4 */

#include "submit/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "submit/address.h"
#include "wechat/text.h"

enum { BACKLOG = 1024, EVENTS_MAX = 256, ACCEPTS_MAX = 64, FILE_MODE = 0600 };
enum { JOB_COST = 4096 }; /* Beside its frame: what was read of it. */

struct ps_peer {
    struct ps_peer *next, **link; /* Among all peers. */
    int fd;                       /* -1: it is gone, and its last jobs are still out. */
    uint32_t interest;
    bool served;                  /* It got an answer once. */
    size_t jobs;                  /* Taken and not answered. */
    size_t waiting;               /* Answers in the line. */
    struct ps_job *first, **last; /* The line. */
    struct ps_source source;
};

struct ps_socket {
    struct ps_socket_options options;
    struct sockaddr_un address;
    struct stat bound; /* The file of it that is ours. */
    int directory, listener, events, spare;
    bool full; /* The listener is not watched: too many peers, none idle. */
    struct ps_peer *peers;
    size_t peer_count, bytes;
    struct ps_peer *left; /* They are gone; freed once nobody looks at their sources. */
    uint8_t buffer[PS_FRAME_COMMAND_MAX];
};

/* Peers come and go. */

static void watch_listener(struct ps_socket *self, bool full)
{
    struct epoll_event event = {.events = full ? 0 : EPOLLIN};
    if (full == self->full) return;
    self->full = full;
    (void)epoll_ctl(self->events, EPOLL_CTL_MOD, self->listener, &event);
}

static void free_line(struct ps_peer *peer)
{
    while (peer->first != NULL) {
        struct ps_job *job = peer->first;
        peer->first = job->next;
        free(job);
    }
}

static void forget_if_done(struct ps_socket *self, struct ps_peer *peer)
{
    if (peer->fd >= 0 || peer->jobs > 0) return;
    peer->next = self->left;
    self->left = peer;
}

static void hang_up(struct ps_socket *self, struct ps_peer *peer)
{
    if (peer->fd < 0) return;
    /* A forked child may hold the connection open still: closing alone would leave it in the set.
     */
    (void)epoll_ctl(self->events, EPOLL_CTL_DEL, peer->fd, NULL);
    (void)shutdown(peer->fd, SHUT_RDWR);
    (void)close(peer->fd);
    peer->fd = -1;
    *peer->link = peer->next;
    if (peer->next != NULL) peer->next->link = peer->link;
    self->peer_count--;
    free_line(peer);
    watch_listener(self, false);
    forget_if_done(self, peer);
}

static void free_left(struct ps_socket *self)
{
    while (self->left != NULL) {
        struct ps_peer *peer = self->left;
        self->left = peer->next;
        free(peer);
    }
}

/* What a peer is watched for: room in its window, and whether answers wait to be written. */
static void watch(struct ps_socket *self, struct ps_peer *peer)
{
    uint32_t interest = peer->jobs + peer->waiting < PS_SOCKET_WINDOW ? EPOLLIN : 0;
    if (peer->waiting > 0) interest |= EPOLLOUT;
    if (peer->jobs + peer->waiting == 0) watch_listener(self, false); /* It could make room. */
    if (peer->fd < 0 || interest == peer->interest) return;
    struct epoll_event event = {.events = interest, .data.ptr = peer};
    if (epoll_ctl(self->events, EPOLL_CTL_MOD, peer->fd, &event) == 0)
        peer->interest = interest;
    else
        hang_up(self, peer);
}

static bool may_come(int fd)
{
    struct ucred who;
    socklen_t size = sizeof who;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 &&
           (who.uid == geteuid() || who.uid == 0);
}

static bool greet(const struct ps_socket *self, int fd)
{
    uint8_t hello[PS_FRAME_HELLO_SIZE];
    size_t size = ps_frame_put_hello(&self->options.place, hello);
    return send(fd, hello, size, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size;
}

static bool admit(struct ps_socket *self, int fd)
{
    struct epoll_event event = {.events = EPOLLIN};
    if (!may_come(fd) || !greet(self, fd)) return false;
    struct ps_peer *peer = calloc(1, sizeof *peer);
    if (peer == NULL) return false;
    peer->fd = fd;
    peer->interest = EPOLLIN;
    peer->last = &peer->first;
    event.data.ptr = peer;
    if (epoll_ctl(self->events, EPOLL_CTL_ADD, fd, &event) != 0) {
        free(peer);
        return false;
    }
    peer->next = self->peers;
    peer->link = &self->peers;
    if (peer->next != NULL) peer->next->link = &peer->next;
    self->peers = peer;
    self->peer_count++;
    return true;
}

/* Without a descriptor left, who waits would keep the listener readable: the spare one sends him
 * away, so that he tries again later. */
static void send_one_away(struct ps_socket *self)
{
    if (self->spare >= 0) (void)close(self->spare);
    int fd = accept4(self->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0) (void)close(fd);
    self->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Of those that only keep their connection the oldest goes: it comes again when it must. */
static bool make_room(struct ps_socket *self)
{
    struct ps_peer *idle = NULL;
    for (struct ps_peer *peer = self->peers; peer != NULL; peer = peer->next)
        if (peer->jobs + peer->waiting == 0 && peer->served) idle = peer;
    if (idle != NULL && recv(idle->fd, self->buffer, 1, MSG_PEEK | MSG_DONTWAIT) < 0)
        hang_up(self, idle);
    return idle != NULL;
}

static void let_in(struct ps_socket *self)
{
    bool room = self->peer_count < PS_SOCKET_PEERS_MAX || make_room(self);
    for (int i = 0; i < ACCEPTS_MAX && self->peer_count < PS_SOCKET_PEERS_MAX; i++) {
        int fd = accept4(self->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE)) send_one_away(self);
        if (fd < 0) break;
        if (!admit(self, fd)) (void)close(fd);
    }
    watch_listener(self, !room);
}

/* Answers go out. */

/* False: the peer cannot be written to any more. */
static bool write_frame(const struct ps_peer *peer, const struct ps_job *job, bool *later)
{
    ssize_t sent = send(peer->fd, job->bytes, job->size, MSG_NOSIGNAL | MSG_DONTWAIT);
    *later = sent < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOBUFS);
    return sent == (ssize_t)job->size || *later;
}

static void write_line(struct ps_socket *self, struct ps_peer *peer)
{
    while (peer->first != NULL) {
        struct ps_job *job = peer->first;
        bool later = false;
        if (!write_frame(peer, job, &later)) {
            hang_up(self, peer);
            return;
        }
        if (later) return;
        peer->first = job->next;
        if (peer->first == NULL) peer->last = &peer->first;
        peer->waiting--;
        free(job);
    }
}

static void answer(struct ps_socket *self, struct ps_job *job, const struct payscore_result *result)
{
    struct ps_peer *peer = job->peer;
    struct ps_frame_answer frame = ps_frame_answer_of(result);
    job->size = ps_frame_put_answer(job->request, &frame, job->bytes);
    if (peer->fd < 0) {
        free(job);
        return;
    }
    struct ps_job *smaller = realloc(job, sizeof *job + job->size);
    if (smaller != NULL) job = smaller;
    job->next = NULL;
    *peer->last = job;
    peer->last = &job->next;
    if (peer->waiting++ == 0) write_line(self, peer);
}

void ps_socket_answer(struct ps_socket *self, struct ps_job *job,
                      const struct payscore_result *result)
{
    struct ps_peer *peer = job->peer;
    bool there = peer->fd >= 0;
    peer->served = true;
    peer->jobs--;
    self->bytes -= job->size + JOB_COST;
    answer(self, job, result);
    if (there)
        watch(self, peer);
    else
        forget_if_done(self, peer);
}

/* Commands come in. */

static struct ps_job *new_job(struct ps_peer *peer, const uint8_t *bytes, size_t size)
{
    size_t room = size > PS_FRAME_ANSWER_MAX ? size : PS_FRAME_ANSWER_MAX;
    struct ps_job *job = malloc(sizeof *job + room);
    if (job == NULL) return NULL;
    *job = (struct ps_job){.peer = peer, .size = size};
    memcpy(job->bytes, bytes, size);
    return job;
}

/* One of another version is told so; one that makes no sense is no client of ours. */
static bool take_frame(struct ps_socket *self, struct ps_peer *peer, size_t size)
{
    struct ps_frame_head head = {.request = 0};
    struct ps_job *job = new_job(peer, self->buffer, size);
    if (job == NULL) return false;
    struct payscore_text frame = {(const char *)job->bytes, size};
    enum payscore_status rc = ps_frame_look(frame, &head);
    job->request = head.request;
    if (rc == PAYSCORE_E_VERSION) {
        struct payscore_result result = {.status = rc};
        ps_fail(&result.error, rc, "the driver's library speaks version %d of the socket's frames",
                PS_FRAME_VERSION);
        answer(self, job, &result);
        return peer->fd >= 0;
    }
    if (rc == PAYSCORE_OK) rc = ps_frame_get_command(frame, &job->command);
    if (rc != PAYSCORE_OK) {
        free(job);
        return false;
    }
    peer->jobs++;
    self->bytes += size + JOB_COST;
    self->options.take(self->options.context, job);
    return peer->fd >= 0;
}

static void read_from(struct ps_socket *self, struct ps_peer *peer)
{
    while (peer->jobs + peer->waiting < PS_SOCKET_WINDOW && self->bytes < PS_SOCKET_BYTES_MAX) {
        ssize_t size = recv(peer->fd, self->buffer, sizeof self->buffer, MSG_DONTWAIT | MSG_TRUNC);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        bool fits = size > 0 && (size_t)size <= sizeof self->buffer;
        if (!fits || !take_frame(self, peer, (size_t)size)) {
            hang_up(self, peer);
            return;
        }
    }
}

/* Whoever hung up does not wait for an answer: what it sent last is not even read. */
static void serve_peer(struct ps_socket *self, struct ps_peer *peer, uint32_t events)
{
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
        hang_up(self, peer);
        return;
    }
    if ((events & EPOLLOUT) != 0) write_line(self, peer);
    if (peer->fd >= 0 && (events & EPOLLIN) != 0) read_from(self, peer);
    if (peer->fd >= 0) watch(self, peer);
}

void ps_socket_serve(struct ps_socket *self)
{
    struct epoll_event events[EVENTS_MAX];
    free_left(self);
    int count = epoll_wait(self->events, events, EVENTS_MAX, 0);
    for (int i = 0; i < count; i++) {
        if (events[i].data.ptr == NULL)
            let_in(self);
        else
            serve_peer(self, events[i].data.ptr, events[i].events);
    }
}

struct ps_source *ps_socket_source(struct ps_job *job)
{
    return &job->peer->source;
}

int ps_socket_descriptor(const struct ps_socket *self)
{
    return self->events;
}

/* Opening and closing. */

static bool open_listener(struct ps_socket *self)
{
    struct epoll_event event = {.events = EPOLLIN};
    self->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    self->events = epoll_create1(EPOLL_CLOEXEC);
    self->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (self->listener < 0 || self->events < 0) return false;
    if (unlink(self->address.sun_path) != 0 && errno != ENOENT) return false;
    /* The mode of the file is the descriptor's, so that it is never wider. */
    return fchmod(self->listener, FILE_MODE) == 0 &&
           bind(self->listener, (struct sockaddr *)&self->address, sizeof self->address) == 0 &&
           lstat(self->address.sun_path, &self->bound) == 0 &&
           listen(self->listener, BACKLOG) == 0 &&
           epoll_ctl(self->events, EPOLL_CTL_ADD, self->listener, &event) == 0;
}

enum payscore_status ps_socket_open(struct ps_socket **opened,
                                    const struct ps_socket_options *options,
                                    struct payscore_error *error)
{
    *opened = NULL;
    struct ps_socket *self = calloc(1, sizeof *self);
    if (self == NULL) return PAYSCORE_E_MEMORY;
    self->options = *options;
    self->listener = self->events = self->spare = self->directory = -1;
    errno = ps_address_of_socket(options->way != NULL ? options->way : options->path,
                                 &self->address, &self->directory);
    if (errno != 0 || !open_listener(self)) {
        int code = errno;
        ps_socket_close(self, false);
        return ps_fail(error, PAYSCORE_E_IO, "Socket '%s/submit.sock': %s", options->path,
                       strerror(code));
    }
    *opened = self;
    return PAYSCORE_OK;
}

static void close_one(int fd)
{
    if (fd >= 0) (void)close(fd);
}

/* Another driver may have put its own there since, if the lock's file was removed. */
static void remove_ours(const struct ps_socket *self)
{
    struct stat there;
    if (lstat(self->address.sun_path, &there) == 0 && there.st_dev == self->bound.st_dev &&
        there.st_ino == self->bound.st_ino)
        (void)unlink(self->address.sun_path);
}

void ps_socket_close(struct ps_socket *self, bool ours)
{
    if (self == NULL) return;
    if (ours) remove_ours(self);
    close_one(self->events);
    close_one(self->listener);
    close_one(self->directory);
    close_one(self->spare);
    while (self->peers != NULL) {
        struct ps_peer *peer = self->peers;
        self->peers = peer->next;
        close_one(peer->fd);
        free_line(peer);
        free(peer);
    }
    free_left(self);
    free(self);
}
