/* Entries: hash, reading. Writing is change.c's. */
#include "engine/journal.h"

#include <string.h>

enum payscore_status ps_entry_hash(const struct ps_entry *entry, uint8_t hash[PS_HASH_SIZE])
{
    return ps_sha256(ps_key_text(entry, offsetof(struct ps_entry, hash)), hash);
}

enum payscore_status ps_entry_unpack(struct payscore_text value, struct ps_entry *entry)
{
    struct ps_stub stub;
    memset(entry, 0, sizeof *entry);
    if (value.size == sizeof stub) {
        memcpy(&stub, value.data, sizeof stub);
        entry->layout = PS_ENTRY_STUB;
        entry->number = stub.number;
        memcpy(entry->hash, stub.hash, sizeof entry->hash);
        return PAYSCORE_E_NOT_FOUND;
    }
    if (value.size != sizeof *entry) return PAYSCORE_E_CORRUPT;
    memcpy(entry, value.data, sizeof *entry);
    return PAYSCORE_OK;
}

enum payscore_status ps_entry_read(struct ps_txn *txn, uint64_t number, struct ps_entry *entry)
{
    struct ps_entry_key key = ps_entry_key(number);
    struct payscore_text value;
    entry->layout = 0;
    enum payscore_status rc = ps_txn_get(txn, PS_TABLE_JOURNAL, PS_KEY(key), &value);
    return rc == PAYSCORE_OK ? ps_entry_unpack(value, entry) : rc;
}

enum payscore_status ps_evidence_read(struct ps_txn *txn, uint64_t number,
                                      uint8_t salt[PS_SALT_SIZE], char **raw, size_t *raw_size)
{
    struct ps_entry_key key = ps_entry_key(number);
    struct payscore_text value;
    enum payscore_status rc = ps_txn_get(txn, PS_TABLE_EVIDENCE, PS_KEY(key), &value);
    if (rc != PAYSCORE_OK) return rc;
    uint64_t erased_by;
    if (ps_marker_unpack(value, &erased_by)) return PAYSCORE_E_NOT_FOUND;
    return ps_evidence_unpack(value, salt, raw, raw_size);
}

uint64_t ps_evidence_erased_by(struct ps_txn *txn, uint64_t number)
{
    struct ps_entry_key key = ps_entry_key(number);
    struct payscore_text value;
    uint64_t erased_by = 0;
    if (ps_txn_get(txn, PS_TABLE_EVIDENCE, PS_KEY(key), &value) != PAYSCORE_OK) return 0;
    return ps_marker_unpack(value, &erased_by) ? erased_by : 0;
}

void ps_hex(const uint8_t *bytes, size_t size, char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        *text++ = digits[bytes[i] >> 4];
        *text++ = digits[bytes[i] & 15];
    }
    *text = '\0';
}

bool ps_unhex(struct payscore_text text, uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    if (text.size != 2 * size) return false;
    for (size_t i = 0; i < text.size; i++) {
        const char *digit = memchr(digits, text.data[i], sizeof digits - 1);
        if (digit == NULL) return false;
        bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | (digit - digits));
    }
    return true;
}
