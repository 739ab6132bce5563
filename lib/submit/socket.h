/*
 * The driver's side of a store's socket: takes commands from other processes and gives them their
 * answers. It never waits for a client: one that is slow gets its answers when it reads on and is
 * not read from meanwhile; one that died is forgotten. One thread at a time: that of the turn.
 */
#ifndef PS_SUBMIT_SOCKET_H
#define PS_SUBMIT_SOCKET_H

#include "submit/frame.h"
#include "submit/place.h"
#include "submit/queue.h"

enum {
    PS_SOCKET_PEERS_MAX = 1024,    /* For one more, one that is idle is sent away. */
    PS_SOCKET_WINDOW = 256,        /* Commands of one connection whose answers it has not got. */
    PS_SOCKET_BYTES_MAX = 32 << 20 /* Of all commands that are not answered; then none is read. */
};

struct ps_socket;
struct ps_peer;

/** A command that came in. */
struct ps_job {
    struct ps_job *next; /* The server's own. */
    struct ps_peer *peer;
    uint64_t request;
    struct ps_frame_command command; /* Texts in `bytes`. */
    size_t size;
    uint8_t bytes[]; /* Its frame, and later its answer's. */
};

struct ps_socket_options {
    const char *path; /* Of the store; the socket is its submit.sock, mode 0600. */
    const char *way;  /* To that directory, where the path may lead elsewhere by now; or NULL. */
    struct ps_place place;
    /* Takes a command over; ps_socket_answer() gives it back, from within or later. */
    void (*take)(void *context, struct ps_job *job);
    void *context;
};

/**
 * Listen. Whoever holds the driver's lock may: a socket that is there is a dead driver's.
 *
 * Errors     E_IO, E_MEMORY; `error` says what.
 * Ownership  ps_socket_close().
 */
PAYSCORE_MUST_USE enum payscore_status ps_socket_open(struct ps_socket **socket,
                                                      const struct ps_socket_options *options,
                                                      struct payscore_error *error);

/** Polls readable when there is something to serve. */
int ps_socket_descriptor(const struct ps_socket *socket);

/**
 * Let in who waits, write what can be written, take what came. Waits for nobody; `take` is called
 * from within.
 */
void ps_socket_serve(struct ps_socket *socket);

/** The answer to a job, whose memory goes back. */
void ps_socket_answer(struct ps_socket *socket, struct ps_job *job,
                      const struct payscore_result *result);

/** Its connection's line in the queue: served like any other, however much it sends. */
struct ps_source *ps_socket_source(struct ps_job *job);

/**
 * Stop listening, remove the socket, let the clients go. No job may be out. In a forked child
 * (`ours` false) only the child's copies are closed. NULL is allowed.
 */
void ps_socket_close(struct ps_socket *socket, bool ours);

#endif
