/*
 * What a call of this library can answer: one row a status, with its name, number, what the caller
 * does about it, and a sentence for people. Refusals of a command are not here: they are verdicts
 * (see types.h), stored and explained by a row of a chart.
 */
#ifndef PAYSCORE_STATUS_H
#define PAYSCORE_STATUS_H

/*
 * X(NAME, number, REACTION, text)
 *
 * REACTION  DONE   nothing to do.
 *           RETRY  the same call may succeed later; nothing was changed.
 *           STOP   a person must act before the call can succeed; nothing was changed.
 *           ASK    whether the change took place is not known: read back, then decide.
 * Numbers are never reused.
 */
#define PAYSCORE_STATUS_MAP(X)                                                                     \
    X(OK, 0, DONE, "Success.")                                                                     \
    X(E_MEMORY, -101, RETRY, "Memory could not be had; nothing was changed.")                      \
    X(E_ARGUMENT, -102, STOP, "An argument breaks the function's contract.")                       \
    X(E_INPUT, -103, STOP, "Outside input breaks a rule; the message names field and rule.")       \
    X(E_TOO_LARGE, -104, STOP, "The input is larger than its documented limit.")                   \
    X(E_NOT_FOUND, -105, STOP, "There is no such record.")                                         \
    X(E_PROCESS, -106, STOP, "The handle or the store belongs to another process or namespace.")   \
    X(E_EXISTS, -107, STOP, "The target is there already; name an empty one.")                     \
    X(E_BUSY, -201, RETRY, "Another process drives this store; submit through its socket.")        \
    X(E_FULL, -202, STOP, "The disk or the store's map is full; the change was not taken.")        \
    X(E_IO, -203, STOP, "The store's file could not be read or written.")                          \
    X(E_CORRUPT, -204, STOP, "The store holds bytes that this library did not write.")             \
    X(E_VERSION, -205, STOP, "The store was written by a version this library cannot read.")       \
    X(E_CHART, -206, STOP, "A stored record's chart or state is unknown to this build.")           \
    X(E_CONFLICT, -207, RETRY, "Another writer moved the store's head; nothing was changed.")      \
    X(E_UNSURE, -208, ASK, "The commit's outcome is unknown; read the record back.")               \
    X(E_READERS, -209, RETRY, "Too many processes read the store at once.")                        \
    X(E_STUCK, -210, RETRY,                                                                        \
      "A reader that does not let go makes the store grow; the message names it.")                 \
    X(E_RESTORED, -211, RETRY,                                                                     \
      "Restored from a backup: the platform is asked about this record first.")                    \
    X(E_OPEN, -212, STOP, "An order that is still open stands against it; end it first.")          \
    X(E_KEY, -301, STOP, "A key or certificate cannot be used; the message names it.")             \
    X(E_FORGED, -302, STOP, "A message's signature does not verify; it was not opened.")           \
    X(E_STALE, -303, STOP, "A message's timestamp is outside the accepted window.")                \
    X(E_SEALED, -304, STOP, "A verified message could not be decrypted with the APIv3 key.")       \
    X(E_CRYPTO, -305, STOP, "The crypto library failed.")

enum payscore_status {
#define PAYSCORE_X(name, number, reaction, text) PAYSCORE_##name = (number),
    PAYSCORE_STATUS_MAP(PAYSCORE_X)
#undef PAYSCORE_X
};

enum payscore_reaction {
    PAYSCORE_REACTION_DONE,
    PAYSCORE_REACTION_RETRY,
    PAYSCORE_REACTION_STOP,
    PAYSCORE_REACTION_ASK,
};

#endif
