/* The index of strays: in the table meta, "stray " and an alias's key -> entry number. */
#include "engine/strays.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/charts.h"
#include "wechat/view.h"

struct stray_key {
    size_t size;
    uint8_t bytes[6 + sizeof((struct ps_alias_key *)0)->bytes];
};

static bool key_of(const struct ps_subject *subject, struct stray_key *key)
{
    static const char prefix[6] = {'s', 't', 'r', 'a', 'y', ' '};
    struct ps_alias_key alias;
    if (subject->chart != PS_CHART_service_order || subject->number.size > PS_NUMBER_MAX ||
        !ps_alias_key(subject->chart, subject->merchant->merchant, subject->number, &alias))
        return false;
    memcpy(key->bytes, prefix, sizeof prefix);
    memcpy(key->bytes + sizeof prefix, alias.bytes, alias.size);
    key->size = sizeof prefix + alias.size;
    return true;
}

/* How far along an order is by what was seen of it. */
static int rank(uint16_t event)
{
    switch (event) {
    case PS_EVENT_seen_created: return 1;
    case PS_EVENT_seen_in_service: return 2;
    case PS_EVENT_seen_paying: return 3;
    case PS_EVENT_seen_done:
    case PS_EVENT_seen_revoked:
    case PS_EVENT_seen_expired: return 4;
    default: return 0;
    }
}

/* Notices come in any order: the one that is remembered saw most. */
static bool says_less(struct ps_change *change, const struct stray_key *key,
                      const struct ps_matter *matter)
{
    struct payscore_text value;
    struct ps_entry entry;
    uint64_t number = 0;
    return ps_txn_get(change->txn, PS_TABLE_META, ps_key_text(key->bytes, key->size), &value) ==
               PAYSCORE_OK &&
           ps_entry_number(value, &number) &&
           ps_entry_read(change->txn, number, &entry) == PAYSCORE_OK &&
           rank(matter->in.event) < rank(entry.event);
}

void ps_stray_remember(struct ps_change *change, const struct ps_matter *matter)
{
    struct stray_key key;
    if (!key_of(&matter->subject, &key) || says_less(change, &key, matter)) return;
    struct ps_entry_key number = ps_entry_key(matter->outcome.entry);
    ps_txn_put(change->txn, PS_TABLE_META, ps_key_text(key.bytes, key.size), PS_KEY(number));
}

uint64_t ps_stray_of(struct ps_change *change, const struct ps_subject *subject)
{
    struct stray_key key;
    struct payscore_text value;
    uint64_t entry = 0;
    if (subject->asked == NULL || !key_of(subject, &key)) return 0;
    if (ps_txn_get(change->txn, PS_TABLE_META, ps_key_text(key.bytes, key.size), &value) !=
        PAYSCORE_OK)
        return 0;
    return ps_entry_number(value, &entry) ? entry : 0;
}

void ps_stray_note(struct ps_matter *command, uint64_t entry)
{
    char note[64];
    snprintf(note, sizeof note, "adopts the stray of entry %" PRIu64, entry);
    ps_parts_add(&command->evidence, PS_PART_note, ps_text_of(note));
}

/* What the stray saw, read once more from the resource that its entry keeps. */
static enum payscore_status apply_sighting(struct ps_change *change,
                                           const struct ps_matter *command, uint64_t entry,
                                           struct payscore_text resource)
{
    cJSON *body = NULL;
    struct ps_sighting sighting;
    struct ps_matter matter = {0};
    char note[64];
    if (ps_json_parse(resource, PS_EVIDENCE_MAX, &body, NULL) != PAYSCORE_OK) return PAYSCORE_OK;
    if (ps_view_of_order(body, true, &sighting, NULL) != PAYSCORE_OK) {
        cJSON_Delete(body);
        return PAYSCORE_OK;
    }
    const struct ps_merchant *merchant = command->subject.merchant;
    if (sighting.service_id.size > 0 && !ps_text_is(sighting.service_id, merchant->service_id)) {
        cJSON_Delete(body); /* Of another service: the query will say what there is in this one. */
        return PAYSCORE_OK;
    }
    matter.subject.merchant = merchant;
    matter.subject.id = command->outcome.record.id;
    matter.in.event = (uint16_t)sighting.event;
    matter.in.carrier = PAYSCORE_CARRIER_NOTICE;
    matter.in.view = sighting.view;
    snprintf(note, sizeof note, "the notice of entry %" PRIu64, entry);
    ps_parts_add(&matter.evidence, PS_PART_note, ps_text_of(note));
    ps_parts_add(&matter.evidence, PS_PART_resource, resource);
    enum payscore_status rc = ps_change_apply(change, &matter);
    ps_parts_free(&matter.evidence);
    cJSON_Delete(body);
    return rc;
}

enum payscore_status ps_stray_adopt(struct ps_change *change, const struct ps_matter *command,
                                    uint64_t entry)
{
    struct stray_key key;
    struct payscore_text resource;
    uint8_t salt[PS_SALT_SIZE];
    char *raw = NULL;
    size_t size = 0;
    if (!key_of(&command->subject, &key)) return PAYSCORE_OK;
    ps_txn_delete(change->txn, PS_TABLE_META, ps_key_text(key.bytes, key.size));
    enum payscore_status rc = ps_evidence_read(change->txn, entry, salt, &raw, &size);
    if (rc == PAYSCORE_E_NOT_FOUND || rc == PAYSCORE_E_CORRUPT)
        return ps_txn_status(change->txn); /* Erased, or verify tells of it: the platform knows. */
    if (rc != PAYSCORE_OK) return rc;
    if (ps_parts_find((struct payscore_text){raw, size}, PS_PART_resource, &resource))
        rc = apply_sighting(change, command, entry, resource);
    free(raw);
    return rc != PAYSCORE_OK ? rc : ps_txn_status(change->txn);
}
