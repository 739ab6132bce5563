/*
 * Stubs, tombstones and markers against the entries of the chores that left them. A stub cannot
 * prove itself: the entry that retired it holds a digest over all it left, and is chained.
 */
#include "operations/left.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "core/charts.h"
#include "engine/chores.h"

static bool is_of(const struct ps_entry *entry, enum ps_chore chore)
{
    return entry->chart == 0 && entry->event == chore && ps_id_is_none(&entry->record);
}

/* Whether it was done; what cannot be looked at is told by `status`. */
static bool done(struct ps_left *left, bool done, enum payscore_status status)
{
    if (!done && left->status == PAYSCORE_OK) left->status = status;
    return done;
}

/* A part of an entry's evidence; *raw is to be freed. */
static bool read_part(struct ps_txn *txn, uint64_t number, enum ps_part part, char **raw,
                      struct payscore_text *bytes, struct ps_left *left)
{
    uint8_t salt[PS_SALT_SIZE];
    size_t size = 0;
    enum payscore_status rc = ps_evidence_read(txn, number, salt, raw, &size);
    return done(left, rc != PAYSCORE_E_MEMORY, rc) && rc == PAYSCORE_OK &&
           ps_parts_find((struct payscore_text){*raw, size}, part, bytes);
}

/* Whether a part of an erasure's evidence, a row of things of one size, names this one. */
static bool lists(struct ps_txn *txn, uint64_t erasure, enum ps_part part,
                  struct payscore_text wanted, struct ps_left *left)
{
    struct payscore_text rows;
    char *raw = NULL;
    bool found = false;
    bool read = read_part(txn, erasure, part, &raw, &rows, left);
    for (size_t at = 0; read && !found && at + wanted.size <= rows.size; at += wanted.size)
        found = memcmp(rows.data + at, wanted.data, wanted.size) == 0;
    free(raw);
    return found;
}

/* A record's own pseudonym proves nothing: no entry holds a digest of it. */
static bool was_erased(struct ps_txn *txn, const struct ps_entry *entry, uint64_t erased_by,
                       struct ps_left *left)
{
    struct ps_record record;
    struct ps_id_key key = ps_id_key(&entry->record);
    if (ps_id_is_none(&entry->record))
        return lists(txn, erased_by, PS_PART_erased,
                     ps_key_text(&entry->number, sizeof entry->number), left);
    return lists(txn, erased_by, PS_PART_erased_records, PS_KEY(key), left) &&
           ps_record_read(txn, &entry->record, &record) == PAYSCORE_OK &&
           ps_record_is_erased(&record);
}

const char *ps_left_marker(struct ps_txn *txn, const struct ps_entry *entry, uint64_t erased_by,
                           struct ps_left *left)
{
    struct ps_entry erasure;
    if (erased_by <= entry->number || ps_entry_read(txn, erased_by, &erasure) != PAYSCORE_OK ||
        !is_of(&erasure, PS_CHORE_erase) || erasure.merchant != entry->merchant)
        return "its evidence is missing: the erasure that is named for it is none";
    return was_erased(txn, entry, erased_by, left)
               ? NULL
               : "its evidence is missing: the user whom it names was not erased";
}

const char *ps_left_stub(struct ps_txn *txn, const struct ps_entry *stub, uint64_t number,
                         struct ps_left *left)
{
    struct ps_entry_key key = ps_entry_key(number);
    struct payscore_text evidence;
    left->stubs++;
    if (stub->number != number) return "it carries another number";
    if (ps_txn_get(txn, PS_TABLE_EVIDENCE, PS_KEY(key), &evidence) != PAYSCORE_E_NOT_FOUND)
        return "it was retired, and its evidence is there";
    return NULL;
}

static bool digest_tomb(struct ps_txn *txn, const struct payscore_id *id, uint64_t retired_by,
                        EVP_MD_CTX *digest, struct ps_left *left)
{
    struct ps_tomb tomb;
    return ps_tomb_read(txn, id, &tomb) == PAYSCORE_OK && tomb.retired_by == retired_by &&
           done(left, EVP_DigestUpdate(digest, &tomb, sizeof tomb) == 1, PAYSCORE_E_CRYPTO);
}

static bool digest_stub(struct ps_txn *txn, uint64_t number, EVP_MD_CTX *digest,
                        struct ps_left *left)
{
    struct ps_entry entry;
    struct ps_stub stub = {.number = number};
    if (ps_entry_read(txn, number, &entry) != PAYSCORE_E_NOT_FOUND ||
        entry.layout != PS_ENTRY_STUB || entry.number != number)
        return false;
    memcpy(stub.hash, entry.hash, sizeof stub.hash);
    return done(left, EVP_DigestUpdate(digest, &stub, sizeof stub) == 1, PAYSCORE_E_CRYPTO);
}

static bool digest_left(struct ps_txn *txn, struct payscore_text part, uint64_t retired_by,
                        EVP_MD_CTX *digest, struct ps_left *left)
{
    struct ps_retired retired;
    size_t at = 0;
    while (ps_retired_next(part, &at, &retired)) {
        left->listed_tombs++;
        left->listed_stubs += retired.count;
        if (!digest_tomb(txn, &retired.id, retired_by, digest, left)) return false;
        for (size_t i = 0; i < retired.count; i++)
            if (!digest_stub(txn, ps_retired_entry(&retired, i), digest, left)) return false;
    }
    return at + PS_HASH_SIZE == part.size;
}

const char *ps_left_listed(struct ps_txn *txn, const struct ps_entry *entry, struct ps_left *left)
{
    uint8_t digest[PS_HASH_SIZE];
    struct payscore_text part;
    char *raw = NULL;
    if (!is_of(entry, PS_CHORE_retire)) return NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool begun = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
    bool same = done(left, begun, PAYSCORE_E_CRYPTO) &&
                read_part(txn, entry->number, PS_PART_retired, &raw, &part, left) &&
                digest_left(txn, part, entry->number, context, left) &&
                done(left, EVP_DigestFinal_ex(context, digest, NULL) == 1, PAYSCORE_E_CRYPTO) &&
                memcmp(digest, part.data + part.size - sizeof digest, sizeof digest) == 0;
    EVP_MD_CTX_free(context);
    free(raw);
    return same ? NULL : "what it retired is not as it was left";
}

const char *ps_left_tomb(struct ps_txn *txn, const struct ps_tomb *tomb, struct payscore_text key,
                         struct ps_left *left)
{
    struct ps_id_key own = ps_id_key(&tomb->id);
    struct ps_entry entry;
    left->tombs++;
    if (!ps_text_equal(key, PS_KEY(own)) ||
        ps_entry_read(txn, tomb->retired_by, &entry) != PAYSCORE_OK ||
        !is_of(&entry, PS_CHORE_retire))
        return "a record that was retired is not what retention left";
    return NULL;
}

const char *ps_left_sum(const struct ps_left *left)
{
    if (left->stubs != left->listed_stubs) return "there are other stubs than retention left";
    return left->tombs == left->listed_tombs ? NULL
                                             : "there are other tombstones than retention left";
}
