/*
 * What travels over a store's socket: one message is one frame. Pure: bytes in, bytes out; a frame
 * from outside may hold any bytes. Numbers are little-endian.
 *
 *   head     magic 4, version 2, kind 2, request 8, size 4 (of the whole frame), zero 4
 *   hello    pid namespace 8, boot 16                    the driver's first word on a connection
 *   command  sizes: mchid 2, appid 2, service_id 2, name 2, key 2, zero 2, body 4; then the texts
 *   answer   status 4, verdict 1, more 1, row 2, entry 8, birth 8, counter 4, home 2, zero 2,
 *            count 8; sizes: chart 2, state 2, error 2, zero 2; then the texts
 *
 * The head is the same in every version, so that two versions can tell each other that they differ.
 */
#ifndef PS_SUBMIT_FRAME_H
#define PS_SUBMIT_FRAME_H

#include "payscore/submit.h"
#include "submit/place.h"

enum {
    PS_FRAME_VERSION = 1,
    PS_FRAME_HEAD_SIZE = 24,
    PS_FRAME_NAME_MAX = 64,
    PS_FRAME_MERCHANT_MAX = 32, /* mchid, appid, service_id. */
    PS_FRAME_BODY_MAX = 65536,
    PS_FRAME_HELLO_SIZE = PS_FRAME_HEAD_SIZE + 8 + PS_PLACE_BOOT_SIZE,
    PS_FRAME_COMMAND_MAX = PS_FRAME_HEAD_SIZE + 16 + 3 * PS_FRAME_MERCHANT_MAX + PS_FRAME_NAME_MAX +
                           PAYSCORE_KEY_MAX + PS_FRAME_BODY_MAX,
    PS_FRAME_ANSWER_MAX = PS_FRAME_HEAD_SIZE + 48 + 2 * PS_FRAME_NAME_MAX + 512,
};

enum ps_frame_kind { PS_FRAME_HELLO = 1, PS_FRAME_COMMAND = 2, PS_FRAME_ANSWER = 3 };

struct ps_frame_head {
    enum ps_frame_kind kind;
    uint16_t version;
    uint64_t request; /* The sender's own number of a command; its answer bears the same. */
};

struct ps_frame_command {
    struct payscore_text mchid, appid, service_id, name, key, body;
};

/** An answer as it stands in its frame; names are not looked up. */
struct ps_frame_answer {
    enum payscore_status status;
    enum payscore_verdict verdict;
    bool more;
    uint16_t row;
    uint64_t entry, count;
    struct payscore_id id;
    struct payscore_text chart, state, error;
};

/**
 * The head of a frame.
 *
 * Errors  E_INPUT (no frame of ours, or cut short), E_VERSION (of another version: *head holds).
 */
PAYSCORE_MUST_USE enum payscore_status ps_frame_look(struct payscore_text frame,
                                                     struct ps_frame_head *head);

/**
 * Write a frame; the buffer holds the kind's greatest size. Returns the frame's size. A hello says
 * where the driver lives: who lives elsewhere is sent away.
 */
size_t ps_frame_put_hello(const struct ps_place *place, uint8_t out[PS_FRAME_HELLO_SIZE]);

/** The size of a command's frame; 0: a text is over its limit. */
size_t ps_frame_command_size(const struct ps_frame_command *command);

/** As above, into as many bytes as that is; 0: a text is over its limit. */
size_t ps_frame_put_command(uint64_t request, const struct ps_frame_command *command, uint8_t *out);

/** As above; an error's text is cut to its limit. */
size_t ps_frame_put_answer(uint64_t request, const struct ps_frame_answer *answer,
                           uint8_t out[PS_FRAME_ANSWER_MAX]);

/**
 * Read a frame of this kind. Every frame that is read would be written as it came.
 *
 * Errors  E_INPUT (of another kind, sizes that do not add up or are over their limits, a value that
 *         is none), E_VERSION. Texts point into the frame.
 */
PAYSCORE_MUST_USE enum payscore_status ps_frame_get_hello(struct payscore_text frame,
                                                          struct ps_place *place);
PAYSCORE_MUST_USE enum payscore_status ps_frame_get_command(struct payscore_text frame,
                                                            struct ps_frame_command *command);
PAYSCORE_MUST_USE enum payscore_status ps_frame_get_answer(struct payscore_text frame,
                                                           struct ps_frame_answer *answer);

/** A result as an answer; its texts are borrowed. */
struct ps_frame_answer ps_frame_answer_of(const struct payscore_result *result);

/** An answer as a result: names become those of this build, "" where it does not know them. */
struct payscore_result ps_frame_result_of(const struct ps_frame_answer *answer);

#endif
